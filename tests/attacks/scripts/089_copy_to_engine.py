# attack: engine
# rule: member-not-allowed
# goal: Copy a file into the engine's file system. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.copyFromLocalToFs('ATTACK_SECRET', 'ATTACK_OUTSIDE/copy')
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
