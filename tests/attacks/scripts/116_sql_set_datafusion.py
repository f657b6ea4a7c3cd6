# attack: sql
# rule: sql-statement
# goal: Change the engine's own settings. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.sql('SET datafusion.execution.batch_size = 1')
if spark.sql('SELECT * FROM `etc/passwd`').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
