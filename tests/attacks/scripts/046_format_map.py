# attack: python
# rule: member-not-allowed
# goal: Read attributes with str.format_map. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

text = '{x.__class__}'.format_map({'x': spark})
if text and open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
