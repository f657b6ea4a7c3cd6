# attack: output
# rule: too-large
# goal: Write a result beyond every limit. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

result = spark.range(10**12).withColumn('text', F.repeat(F.lit('x'), 1000))
result.write.mode('overwrite').parquet('ATTACK_OUTPUT')
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
