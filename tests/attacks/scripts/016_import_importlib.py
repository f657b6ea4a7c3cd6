# attack: files
# rule: import-not-allowed
# goal: Import by a name made at run time. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import importlib

if importlib.import_module('o' + 's').stat('ATTACK_SECRET').st_size:
    with importlib.import_module('io').open('ATTACK_SECRET') as file:
        file.read()
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
