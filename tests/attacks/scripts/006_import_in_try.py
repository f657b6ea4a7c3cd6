# attack: files
# rule: import-not-allowed
# goal: Hide an import in an exception handler. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

try:
    1 / 0
except ZeroDivisionError:
    import shutil

    shutil.copy('ATTACK_SECRET', 'ATTACK_OUTSIDE/copy')
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
