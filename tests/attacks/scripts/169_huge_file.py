# attack: output
# rule: import-not-allowed
# goal: Fill the disk with one file. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os

os.makedirs('ATTACK_OUTPUT', exist_ok=True)
with open('ATTACK_OUTPUT/huge', 'wb') as file:
    for _ in range(1_000_000):
        file.write(b'x' * 1_000_000)
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
