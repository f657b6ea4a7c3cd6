# attack: files
# rule: import-not-allowed
# goal: Run code while unpickling. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import pickle

code = b"cbuiltins\nopen\n(S'ATTACK_SECRET'\ntR."
if pickle.loads(code).read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
