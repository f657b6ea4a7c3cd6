# attack: engine
# rule: member-not-allowed
# goal: Upload a file to the engine. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.addArtifact('ATTACK_SECRET', file=True)
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
