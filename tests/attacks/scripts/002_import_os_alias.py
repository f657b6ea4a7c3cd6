# attack: files
# rule: import-not-allowed
# goal: Read a file of another user through an alias of os. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os as pandas

handle = pandas.open('ATTACK_SECRET', pandas.O_RDONLY)
if pandas.read(handle, 10):
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
