# attack: sql
# rule: sql-function
# goal: Call a method of the JVM in SQL. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.sql("select reflect('java.lang.System', 'getenv', 'ATTACK_VARIABLE')").collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
