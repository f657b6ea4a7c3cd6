# attack: memory
# rule: too-large
# goal: Fill the memory with a list. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

numbers = [0] * 20_000_000_000
print('REACHED', len(numbers))

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
