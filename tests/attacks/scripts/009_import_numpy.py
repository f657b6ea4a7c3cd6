# attack: files
# rule: import-not-allowed
# goal: Read a file through numpy. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import numpy as np

if np.fromfile('ATTACK_SECRET', dtype='uint8').size:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
