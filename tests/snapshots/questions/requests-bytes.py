"""Total bytes sent by method

Question:  total bytes sent by method
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
    requests.groupBy("method")
    .agg(F.sum("bytesSent").alias("total_bytesSent"))
    .orderBy(F.desc("total_bytesSent"), "method")
)

result.write.mode("overwrite").parquet("output/requests-bytes")
