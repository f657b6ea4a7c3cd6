# attack: engine
# rule: member-not-allowed
# goal: Write a managed table. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.range(3).write.option('path', 'ATTACK_OUTSIDE/stolen').saveAsTable('stolen')
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
