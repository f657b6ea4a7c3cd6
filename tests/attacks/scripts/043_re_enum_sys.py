# attack: python
# rule: name-not-allowed
# goal: Use a module that re imports. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import re

if re.enum.sys.modules['io'].open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
