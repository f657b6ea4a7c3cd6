# attack: python
# rule: underscore-access
# goal: Load a module through the script's own loader. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if __loader__.get_data('ATTACK_SECRET'):
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
