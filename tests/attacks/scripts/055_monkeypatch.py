# attack: python
# rule: attribute-assigned
# goal: Replace a method of Spark. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

F.col = spark.read.text
if F.col('ATTACK_SECRET').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
