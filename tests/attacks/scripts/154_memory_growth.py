# attack: memory
# rule: endless-loop
# goal: Fill the memory bit by bit. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

rows = [b'x']
while True:
    rows.append(rows[-1] + rows[-1])

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
