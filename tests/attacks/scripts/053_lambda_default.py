# attack: python
# rule: builtin-not-allowed
# goal: Hide open in a default value. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

def read(name, how=open):
    return how(name).read()


if read('ATTACK_SECRET'):
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
