# attack: python
# rule: function-not-allowed
# goal: Use sys where pyspark.sql.functions imports it. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if F.sys.modules['io'].open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
