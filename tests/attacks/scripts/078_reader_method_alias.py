# attack: engine
# rule: indirect-call
# goal: Read through an alias of a method. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

load = spark.read.text
if load('ATTACK_SECRET').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
