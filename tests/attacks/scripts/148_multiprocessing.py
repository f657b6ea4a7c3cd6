# attack: processes
# rule: import-not-allowed
# goal: Start a pool of processes. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import multiprocessing

with multiprocessing.get_context('fork').Pool(5000) as pool:
    pool.map(abs, range(5000))
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
