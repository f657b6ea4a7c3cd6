# attack: engine
# rule: input-not-declared
# goal: Leave the declared folder with dots. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.read.text('ATTACK_INPUT/../../../../../../etc/passwd').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
