# attack: engine
# rule: input-not-declared
# goal: Open a database connection from the engine. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

frame = spark.read.format('jdbc').option('url', 'jdbc:postgresql://127.0.0.1:ATTACK_PORT/x').option('dbtable', 't').load()
if frame.count() >= 0:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
