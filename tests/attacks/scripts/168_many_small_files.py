# attack: output
# rule: import-not-allowed
# goal: Fill the output folder with small files. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os

os.makedirs('ATTACK_OUTPUT', exist_ok=True)
for number in range(10_000_000):
    with open(f'ATTACK_OUTPUT/{number}', 'w') as file:
        file.write('x')
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
