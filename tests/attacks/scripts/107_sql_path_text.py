# attack: sql
# rule: sql-path-table
# goal: Read a file by its path in SQL. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.sql('select * from text.`ATTACK_SECRET`').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
