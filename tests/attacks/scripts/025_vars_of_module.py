# attack: python
# rule: builtin-not-allowed
# goal: Reach the modules that functions import. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if vars(F)['sys'].modules['os'].open('ATTACK_SECRET', 0):
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
