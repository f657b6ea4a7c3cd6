# attack: output
# rule: import-not-allowed
# goal: Flood the log of errors. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import sys

for _ in range(10**9):
    sys.stderr.write('x' * 99_999)
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
