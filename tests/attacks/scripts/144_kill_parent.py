# attack: processes
# rule: import-not-allowed
# goal: Kill the process that started the script. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os
import signal

os.kill(os.getppid(), signal.SIGKILL)
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
