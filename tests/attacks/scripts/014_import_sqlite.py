# attack: files
# rule: import-not-allowed
# goal: Open another run's store through sqlite3. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import sqlite3

sqlite3.connect('ATTACK_OUTSIDE/new.db').execute('create table t (a)')
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
