# attack: python
# rule: builtin-not-allowed
# goal: Reach an attribute by a text. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

reader = getattr(spark, 'r' + 'ead')
if getattr(reader, 'te' + 'xt')('ATTACK_SECRET').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
