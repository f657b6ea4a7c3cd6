# attack: files
# rule: import-not-allowed
# goal: Use files the parent left open. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os

for handle in range(3, 256):
    try:
        target = os.readlink(f'/proc/self/fd/{handle}')
    except OSError:
        continue
    if target.startswith('ATTACK_OUTSIDE'):
        print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
