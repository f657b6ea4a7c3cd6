# attack: network
# rule: import-not-allowed
# goal: Talk to a local service. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import socket

peer = socket.socket(socket.AF_UNIX)
peer.connect('ATTACK_SOCKET')
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
