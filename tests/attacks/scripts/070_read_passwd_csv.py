# attack: engine
# rule: input-not-declared
# goal: Read the system's users with the engine. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.read.csv('/etc/passwd', sep=':').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
