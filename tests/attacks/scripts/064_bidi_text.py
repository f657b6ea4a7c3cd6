# attack: python
# rule: source-text
# goal: Show code in another order than it runs. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

access = 'user‮ ⁦# only for guests⁩ ⁦'
if access and open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
