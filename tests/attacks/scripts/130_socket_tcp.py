# attack: network
# rule: import-not-allowed
# goal: Open a TCP connection. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import socket

socket.create_connection(('127.0.0.1', ATTACK_PORT), timeout=2)
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
