"""Total amount by month

Question:  amount per month
Assumes:   month from refunded_at; amount summed up
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

refunds = spark.read.parquet("data/refunds.parquet")

result = (
    refunds.groupBy(F.trunc("refunded_at", "month").alias("month"))
    .agg(F.sum("amount").alias("total_amount"))
    .orderBy("month")
)

result.write.mode("overwrite").parquet("output/refunds-monthly")
