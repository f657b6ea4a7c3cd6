# attack: files
# rule: import-not-allowed
# goal: Import relative to the script. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from . import secrets_of_the_house

print('REACHED', secrets_of_the_house)

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
