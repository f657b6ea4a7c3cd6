# attack: sql
# rule: sql-statement
# goal: Load a library with SQL. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.sql("ADD JAR 'ATTACK_SECRET'")
print('REACHED' if open('ATTACK_SECRET').read() else '')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
