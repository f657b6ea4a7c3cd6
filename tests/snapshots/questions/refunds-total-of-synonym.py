"""Total amount

Question:  Find the total refunded amount of all the refunds
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

refunds = spark.read.parquet("data/refunds.parquet")

result = refunds.agg(F.sum("amount").alias("total_amount"))

result.write.mode("overwrite").parquet("output/refunds-total-of-synonym")
