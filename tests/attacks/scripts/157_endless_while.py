# attack: time
# rule: endless-loop
# goal: Never end. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

while True:
    pass

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
