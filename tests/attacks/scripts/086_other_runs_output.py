# attack: engine
# rule: member-not-allowed
# goal: Read the output of another session. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

others = 'ATTACK_OUTSIDE/output'
if spark.read.parquet(others).inputFiles():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
