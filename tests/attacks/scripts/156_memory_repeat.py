# attack: memory
# rule: too-large
# goal: Fill the engine's memory with one cell. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

frame = spark.range(1).select(F.repeat(F.lit('xxxxxxxxxx'), 2_000_000_000).alias('x'))
print('REACHED', len(frame.collect()[0][0]))

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
