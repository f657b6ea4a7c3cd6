# attack: python
# rule: module-as-value
# goal: Pass a module on under another name. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

tools = [F]
for tool in tools:
    if tool.sys.modules['io'].open('ATTACK_SECRET').read():
        print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
