# attack: memory
# rule: too-large
# goal: Fill the memory with one number. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

number = 9 ** 9 ** 9 ** 9
print('REACHED', number)

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
