# attack: python
# rule: member-not-allowed
# goal: Reach builtins through the frame of a generator. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

steps = (step for step in [1])
if steps.gi_frame.f_builtins['open']('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
