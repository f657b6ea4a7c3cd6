# attack: sql
# rule: sql-statement
# goal: Pipe rows through a program. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.sql("select transform(1) using 'cat ATTACK_SECRET' as (line string)").collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
