# attack: output
# rule: import-not-allowed
# goal: Leave a link to a secret in the output. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os

os.makedirs('ATTACK_OUTPUT', exist_ok=True)
os.symlink('ATTACK_SECRET', 'ATTACK_OUTPUT/part-0.parquet')
if open('ATTACK_OUTPUT/part-0.parquet').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
