# attack: files
# rule: import-not-allowed
# goal: Hide an import in a function. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

def load():
    import io

    return io.open('ATTACK_SECRET').read()


if load():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
