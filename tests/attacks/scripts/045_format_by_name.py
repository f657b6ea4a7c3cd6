# attack: python
# rule: string-format
# goal: Read attributes with a template that is no literal. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

template = ''.join(['{0.', '_', '_class_', '_}'])
text = template.format(spark)
if text and open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
