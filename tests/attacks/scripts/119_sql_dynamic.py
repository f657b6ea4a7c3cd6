# attack: sql
# rule: sql-not-literal
# goal: Put SQL together at run time. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

name = '`'.join(['text.', 'ATTACK_SECRET', ''])
if spark.sql(f'select * from {name}').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
