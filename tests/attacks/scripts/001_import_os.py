# attack: files
# rule: import-not-allowed
# goal: List the root folder through os. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os

if os.listdir('/root') or os.listdir('/home'):
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
