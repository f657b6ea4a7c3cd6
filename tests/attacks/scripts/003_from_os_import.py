# attack: files
# rule: import-not-allowed
# goal: Read a file through names taken from os. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from os import O_RDONLY, open, read

if read(open('ATTACK_SECRET', O_RDONLY), 10):
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
