# attack: sql
# rule: sql-statement
# goal: Write a table somewhere else. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.sql("CREATE TABLE stolen USING parquet LOCATION 'ATTACK_OUTSIDE/stolen' AS SELECT 1 AS one")
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
