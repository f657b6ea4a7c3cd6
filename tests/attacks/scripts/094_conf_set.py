# attack: engine
# rule: session-config
# goal: Change how the engine starts processes. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.conf.set('spark.sql.execution.pyspark.python', '/bin/sh')
spark.conf.set('spark.hadoop.fs.file.impl', 'x')
if open('ATTACK_SECRET').read():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
