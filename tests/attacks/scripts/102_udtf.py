# attack: engine
# rule: function-not-allowed
# goal: Read a file in a table function. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

class Read:
    def eval(self):
        yield (open('ATTACK_SECRET').read(),)


if F.udtf(Read, returnType='text string')().collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
