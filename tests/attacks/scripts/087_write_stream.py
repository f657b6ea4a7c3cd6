# attack: engine
# rule: member-not-allowed
# goal: Stream into a folder. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.readStream.format('rate').load().writeStream.start('ATTACK_OUTSIDE/stream').awaitTermination(5)
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
