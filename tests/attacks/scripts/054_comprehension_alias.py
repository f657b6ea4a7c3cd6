# attack: python
# rule: builtin-not-allowed
# goal: Hide open in a comprehension. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if [how('ATTACK_SECRET').read() for how in [open]]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
