# attack: python
# rule: builtin-not-allowed
# goal: Make a class without a class statement. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

Made = type('Made', (), {'__del__': lambda self: open('ATTACK_SECRET').read()})
Made().__del__()
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
