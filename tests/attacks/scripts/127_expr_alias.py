# attack: sql
# rule: indirect-call
# goal: Evaluate text through an alias of expr. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from functools import reduce

from pyspark.sql.functions import expr

for make in [expr]:
    frame = spark.range(1).select(make("reflect('java.lang.System', 'getenv', 'ATTACK_VARIABLE')"))
    if frame.collect()[0][0]:
        print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
