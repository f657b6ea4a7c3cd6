# attack: processes
# rule: import-not-allowed
# goal: Start threads without end. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import threading
import time

for _ in range(50_000):
    threading.Thread(target=time.sleep, args=(60,)).start()
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
