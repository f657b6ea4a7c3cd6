# attack: network
# rule: import-not-allowed
# goal: Speak Spark Connect to another server. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import grpc

channel = grpc.insecure_channel('127.0.0.1:ATTACK_PORT')
grpc.channel_ready_future(channel).result(timeout=3)
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
