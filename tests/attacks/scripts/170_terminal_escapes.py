# attack: output
# rule: control-character
# goal: Rewrite the reader's terminal. It is reached when the log has an escape character.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

print('\x1b]0;owned\x07\x1b[2J\x1b[31mnothing here')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
