# attack: time
# rule: name-not-allowed
# goal: Never end, with an endless iterator. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from itertools import cycle

for _ in cycle([1]):
    pass

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
