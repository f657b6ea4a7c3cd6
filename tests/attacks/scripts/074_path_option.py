# attack: engine
# rule: option-not-allowed
# goal: Name the file in an option. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.read.format('text').option('path', 'ATTACK_SECRET').load().count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
