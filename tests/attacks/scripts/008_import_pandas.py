# attack: files
# rule: import-not-allowed
# goal: Read a file through pandas. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import pandas as pd

if len(pd.read_csv('ATTACK_SECRET', header=None)):
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
