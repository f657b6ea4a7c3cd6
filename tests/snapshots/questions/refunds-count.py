"""Number of refunds

Question:  How many refunds are there?
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

refunds = spark.read.parquet("data/refunds.parquet")

result = refunds.agg(F.count("*").alias("count"))

result.write.mode("overwrite").parquet("output/refunds-count")
