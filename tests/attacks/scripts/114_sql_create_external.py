# attack: sql
# rule: sql-statement
# goal: Read a file through an external table. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

spark.sql("CREATE TABLE users (line STRING) USING text LOCATION 'ATTACK_SECRET'")
if spark.sql('SELECT * FROM users').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
