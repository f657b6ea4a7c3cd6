# attack: python
# rule: builtin-not-allowed
# goal: Start the debugger. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

breakpoint()
print('REACHED' if open('ATTACK_SECRET').read() else '')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
