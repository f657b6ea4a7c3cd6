# attack: engine
# rule: session-config
# goal: Load a library of one's own into the engine. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

other = SparkSession.builder.config('spark.jars', 'ATTACK_SECRET').getOrCreate()
if other.sql('add jar ATTACK_SECRET').count() and open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
