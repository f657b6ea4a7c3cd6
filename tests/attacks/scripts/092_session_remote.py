# attack: engine
# rule: member-not-allowed
# goal: Connect to another server. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

other = SparkSession.builder.remote('sc://127.0.0.1:ATTACK_PORT').getOrCreate()
if other.range(1).count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
