# attack: memory
# rule: too-large
# goal: Fill the memory with a text. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

text = 'x' * 10**11
print('REACHED', len(text))

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
