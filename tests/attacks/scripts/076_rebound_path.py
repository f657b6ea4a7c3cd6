# attack: engine
# rule: input-not-literal
# goal: Change the path after it was declared. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

path = 'ATTACK_INPUT'
for path in ['ATTACK_SECRET']:
    pass
if spark.read.text(path).count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
