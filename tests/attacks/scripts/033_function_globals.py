# attack: python
# rule: underscore-access
# goal: Reach builtins through a function. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

def helper():
    return 1


if helper.__globals__['__builtins__'].open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
