# attack: files
# rule: import-not-allowed
# goal: Use the product's own code. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from spark_interpreter.stores import SqliteSessionStore

from pathlib import Path

SqliteSessionStore(Path('ATTACK_OUTSIDE/sessions.db'))
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
