"""Number of requests where method is "POST" and status code is 404

Question:  POST requests with status 404: how many?
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
    requests.filter(F.col("method") == "POST")
    .filter(F.col("statusCode") == 404)
    .agg(F.count("*").alias("count"))
)

result.write.mode("overwrite").parquet("output/requests-post-404")
