# attack: network
# rule: input-not-declared
# goal: Let the engine read a bucket that was not declared. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.read.text('s3://another-bucket/secret.txt').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
