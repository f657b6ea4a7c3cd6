# attack: time
# rule: import-not-allowed
# goal: Never end, with itertools. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import itertools.count

for _ in count():
    pass

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
