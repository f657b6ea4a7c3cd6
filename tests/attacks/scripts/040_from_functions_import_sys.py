# attack: python
# rule: function-not-allowed
# goal: Import a module from pyspark.sql.functions. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from pyspark.sql.functions import sys

if sys.modules['io'].open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
