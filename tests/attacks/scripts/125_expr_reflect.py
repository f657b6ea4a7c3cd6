# attack: sql
# rule: sql-function
# goal: Call a method of the JVM in an expression. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

frame = spark.range(1).select(F.expr("reflect('java.lang.System', 'getenv', 'ATTACK_VARIABLE')"))
if frame.collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
