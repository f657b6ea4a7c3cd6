# attack: engine
# rule: udf-not-allowed
# goal: Read a file while mapping batches. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

def read(batches):
    for batch in batches:
        batch['text'] = open('ATTACK_SECRET').read()
        yield batch


if spark.range(1).mapInPandas(read, 'id long, text string').collect()[0][1]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
