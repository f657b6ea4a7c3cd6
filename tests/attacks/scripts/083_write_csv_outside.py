# attack: engine
# rule: member-not-allowed
# goal: Write CSV somewhere else. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.range(3).write.mode('overwrite').csv('ATTACK_OUTSIDE/stolen')
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
