# attack: python
# rule: builtin-not-allowed
# goal: Execute text. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

exec("import os\nopen('ATTACK_SECRET').read()\nprint('REACHED')")

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
