# attack: time
# rule: too-large
# goal: Keep the engine busy for years. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

print('REACHED', spark.range(10**14).select(F.sum(F.sqrt(F.md5(F.col('id').cast('string')).cast('double')))).collect())

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
