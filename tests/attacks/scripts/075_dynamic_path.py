# attack: engine
# rule: input-not-literal
# goal: Put the path together at run time. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

path = '/'.join(['', 'etc', 'passwd'])
if spark.read.text(path).count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
