# attack: processes
# rule: import-not-allowed
# goal: Kill every process within reach. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os
import signal

for pid in (ATTACK_PID,):
    os.kill(pid, signal.SIGKILL)
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
