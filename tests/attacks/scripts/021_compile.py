# attack: python
# rule: builtin-not-allowed
# goal: Compile and run text. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

code = compile("print('REACHED' if open('ATTACK_SECRET').read() else '')", 'x', 'exec')
exec(code)

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
