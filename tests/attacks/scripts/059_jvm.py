# attack: python
# rule: underscore-access
# goal: Reach the JVM. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark._jvm.java.nio.file.Files.readString(spark._jvm.java.nio.file.Path.of('ATTACK_SECRET')):
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
