# attack: files
# rule: import-not-allowed
# goal: Call libc to read a file. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import ctypes

libc = ctypes.CDLL(None)
handle = libc.open(b'ATTACK_SECRET', 0)
if handle >= 0:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
