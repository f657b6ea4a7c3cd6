# attack: python
# rule: statement-not-allowed
# goal: Uncover a builtin with global and del. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

def uncover():
    global print
    print = open


uncover()
text = print('ATTACK_SECRET').read()
del print
if text:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
