# attack: sql
# rule: sql-syntax
# goal: Write a folder with SQL. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.sql("INSERT OVERWRITE DIRECTORY 'ATTACK_OUTSIDE/stolen' USING csv SELECT 1")
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
