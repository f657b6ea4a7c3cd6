# attack: python
# rule: underscore-access
# goal: Spell a hidden attribute in full-width letters. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.__ｃｌａｓｓ__.__init__.__globals__['__builtins__']['open']('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
