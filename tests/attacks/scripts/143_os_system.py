# attack: processes
# rule: import-not-allowed
# goal: Run a command. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os

if os.system('cat ATTACK_SECRET > /dev/null') == 0:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
