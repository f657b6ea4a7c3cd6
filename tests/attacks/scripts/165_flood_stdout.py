# attack: output
# rule: endless-loop
# goal: Flood the log. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

while True:
    print('x' * 99_999)

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
