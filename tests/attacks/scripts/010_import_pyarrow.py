# attack: files
# rule: import-not-allowed
# goal: Read a file through pyarrow. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import pyarrow as pa

if pa.OSFile('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
