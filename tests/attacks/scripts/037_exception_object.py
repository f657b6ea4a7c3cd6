# attack: python
# rule: member-not-allowed
# goal: Take the object out of an exception. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

try:
    F.nothing
except AttributeError as error:
    if error.obj.sys.modules['io'].open('ATTACK_SECRET').read():
        print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
