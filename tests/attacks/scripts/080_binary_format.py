# attack: engine
# rule: format-not-allowed
# goal: Read any file as bytes. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.read.format('binaryFile').load('ATTACK_SECRET').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
