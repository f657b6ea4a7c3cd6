"""Number of refunds by reason

Question:  refunds by reason
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
    refunds.groupBy("reason")
    .count()
    .orderBy(F.desc("count"), "reason")
)

result.write.mode("overwrite").parquet("output/refunds-by-reason")
