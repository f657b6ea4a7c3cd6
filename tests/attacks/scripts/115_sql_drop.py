# attack: sql
# rule: sql-statement
# goal: Drop a table. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.sql('DROP TABLE IF EXISTS orders')
print('REACHED' if open('ATTACK_SECRET').read() else '')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
