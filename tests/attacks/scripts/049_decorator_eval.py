# attack: python
# rule: decorator-not-allowed
# goal: Call a function by decorating another. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

@print
@eval
@(lambda function: "'REACHED' if open('ATTACK_SECRET').read() else ''")
def text():
    return None

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
