# attack: processes
# rule: import-not-allowed
# goal: Run a shell. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import subprocess

if subprocess.run(['/bin/cat', 'ATTACK_SECRET'], capture_output=True).stdout:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
