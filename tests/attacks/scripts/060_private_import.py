# attack: python
# rule: underscore-access
# goal: Import a private name. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from pyspark.sql.types import _parse_datatype_string

from io import open as opened

if _parse_datatype_string and opened('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
