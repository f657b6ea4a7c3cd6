# attack: engine
# rule: member-not-allowed
# goal: Run a function over every row. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

def steal(row):
    open('ATTACK_OUTSIDE/stolen', 'w').write(str(row))


spark.range(1).foreach(steal)
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
