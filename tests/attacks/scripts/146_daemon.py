# attack: processes
# rule: import-not-allowed
# goal: Outlive the run as a detached process. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(20)
        with open('ATTACK_OUTSIDE/outlived', 'w') as file:
            file.write('x')
        print('REACHED')
    os._exit(0)

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
