# attack: engine
# rule: udf-not-allowed
# goal: Read a file in a UDF. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

def read(_):
    return open('ATTACK_SECRET').read()


if spark.range(1).select(F.udf(read)('id')).collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
