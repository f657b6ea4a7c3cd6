# attack: files
# rule: import-not-allowed
# goal: Make a hard link to a secret. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os

os.link('ATTACK_SECRET', 'ATTACK_OUTPUT/linked')
if open('ATTACK_OUTPUT/linked').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
