# attack: python
# rule: statement-not-allowed
# goal: Open a file in a with statement. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

with open('ATTACK_SECRET') as file:
    if file.read():
        print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
