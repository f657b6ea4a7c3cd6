# attack: files
# rule: import-not-allowed
# goal: Leave a file in the system's temporary folder. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import glob
import tempfile

handle, name = tempfile.mkstemp(dir='ATTACK_OUTSIDE')
if glob.glob(name):
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
