# attack: network
# rule: import-not-allowed
# goal: Open a port for others. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import socket

server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen()
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
