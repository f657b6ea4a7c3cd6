# attack: engine
# rule: member-not-allowed
# goal: Make a table over a file in the catalog. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.catalog.createTable('users', path='ATTACK_SECRET', source='text')
if spark.table('users').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
