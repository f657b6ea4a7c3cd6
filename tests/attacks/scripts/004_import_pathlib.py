# attack: files
# rule: import-not-allowed
# goal: Read a file through pathlib. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from pathlib import Path

if Path('ATTACK_SECRET').read_text():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
