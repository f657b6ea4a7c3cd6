# attack: python
# rule: statement-not-allowed
# goal: Define a class whose operators run code. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

class Opener:
    def __getitem__(self, name):
        return open(name)


if Opener()['ATTACK_SECRET'].read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
