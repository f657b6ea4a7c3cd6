# attack: processes
# rule: import-not-allowed
# goal: Look into the memory of the parent. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os

with open(f'/proc/{os.getppid()}/environ', 'rb') as file:
    if b'ATTACK_VARIABLE' in file.read():
        print('REACHED')
with open(f'/proc/{os.getppid()}/mem', 'rb') as file:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
