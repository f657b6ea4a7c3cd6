# attack: python
# rule: string-format
# goal: Read attributes with str.format. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

text = '{0.__class__.__init__.__globals__[sys].modules}'.format(spark)
if 'posix' in text and open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
