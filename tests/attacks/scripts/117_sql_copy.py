# attack: sql
# rule: sql-statement
# goal: Write a file with COPY. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.sql("COPY (SELECT 1) TO 'ATTACK_OUTSIDE/stolen.csv'")
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
