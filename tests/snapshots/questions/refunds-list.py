"""Refunds

Question:  list all refunds
"""
from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

refunds = spark.read.parquet("data/refunds.parquet")

result = refunds

result.write.mode("overwrite").parquet("output/refunds-list")
