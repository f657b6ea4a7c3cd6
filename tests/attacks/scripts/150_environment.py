# attack: processes
# rule: import-not-allowed
# goal: Read a secret from the environment. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os

if 'ATTACK_VARIABLE' in os.environ:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
