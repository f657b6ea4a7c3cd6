# attack: time
# rule: builtin-not-allowed
# goal: Never end, without while. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

for _ in iter(int, 1):
    pass

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
