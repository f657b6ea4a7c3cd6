# attack: python
# rule: builtin-not-allowed
# goal: Wait for typing that never comes. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

input()
print('REACHED' if open('ATTACK_SECRET').read() else '')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
