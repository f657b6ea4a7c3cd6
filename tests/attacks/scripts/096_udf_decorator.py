# attack: engine
# rule: decorator-not-allowed
# goal: Read a file in a decorated UDF. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

@F.udf('string')
def read(_):
    return open('ATTACK_SECRET').read()


if spark.range(1).select(read('id')).collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
