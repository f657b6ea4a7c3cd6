# attack: sql
# rule: sql-not-literal
# goal: Reach attributes through SQL's own formatting. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.sql('select {x.__class__}', x=spark)
print('REACHED' if open('ATTACK_SECRET').read() else '')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
