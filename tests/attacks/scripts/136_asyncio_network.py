# attack: network
# rule: import-not-allowed
# goal: Connect with asyncio. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import asyncio

asyncio.run(asyncio.open_connection('127.0.0.1', ATTACK_PORT))
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
