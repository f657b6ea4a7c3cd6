# attack: engine
# rule: member-not-allowed
# goal: Register a UDF for SQL. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

def read(_):
    return open('ATTACK_SECRET').read()


spark.udf.register('read_file', read)
if spark.sql("select read_file('x')").collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
