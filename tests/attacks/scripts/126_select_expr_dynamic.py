# attack: sql
# rule: sql-not-literal
# goal: Put an expression together at run time. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

text = ''.join(['reflect', "('java.lang.System', 'getenv', 'ATTACK_VARIABLE')"])
if spark.range(1).selectExpr(text).collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
