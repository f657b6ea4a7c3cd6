# attack: sql
# rule: sql-path-table
# goal: Hide a path table behind a comment. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

if spark.sql('select * from csv /* x */ . `/etc/passwd` union all select * from csv.`/etc/passwd`').count():
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
