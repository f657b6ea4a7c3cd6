"""Number of requests where path starts with "/api"

Question:  How many requests have a path starting with /api?
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

requests = (
    spark.read.option("mode", "FAILFAST")
    .schema(
        "ts TIMESTAMP, clientIp STRING, method STRING, path STRING, statusCode BIGINT, "
        "bytesSent BIGINT, durationMs BIGINT"
    )
    .json("data/requests.jsonl")
)

result = (
    requests.filter(F.lower("path").startswith("/api"))
    .agg(F.count("*").alias("count"))
)

result.write.mode("overwrite").parquet("output/requests-api")
