# attack: engine
# rule: indirect-call
# goal: Hide the reader in a list. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

readers = [spark.read]
if readers[0].text('ATTACK_SECRET').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
