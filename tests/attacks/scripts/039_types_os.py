# attack: python
# rule: name-not-allowed
# goal: Use a module that pyspark.sql.types imports. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from pyspark.sql import types as T

if T.sys.modules['io'].open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
