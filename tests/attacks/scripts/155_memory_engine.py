# attack: memory
# rule: too-large
# goal: Fill the engine's memory. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

frame = spark.range(1).select(F.explode(F.sequence(F.lit(1), F.lit(10_000_000_000))).alias('n'))
frame.orderBy(F.col('n').desc(), F.md5(F.col('n').cast('string'))).collect()
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
