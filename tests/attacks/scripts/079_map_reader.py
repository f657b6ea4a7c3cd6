# attack: engine
# rule: indirect-call
# goal: Read through map. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

for frame in map(spark.read.text, ['ATTACK_SECRET']):
    if frame.count():
        print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
