# attack: network
# rule: input-not-declared
# goal: Let the engine fetch a page. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.read.text('http://127.0.0.1:ATTACK_PORT/').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
