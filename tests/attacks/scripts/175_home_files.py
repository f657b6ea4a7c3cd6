# attack: files
# rule: import-not-allowed
# goal: Read the keys in the home folder. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import glob
import os

for name in glob.glob(os.path.expanduser('~/.ssh/*')) + glob.glob(os.path.expanduser('~/.aws/*')) + ['ATTACK_SECRET']:
    if open(name).read():
        print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
