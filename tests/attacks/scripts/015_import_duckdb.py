# attack: files
# rule: import-not-allowed
# goal: Read a file through DuckDB. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import duckdb

if duckdb.sql("select * from read_text('ATTACK_SECRET')").fetchall():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
