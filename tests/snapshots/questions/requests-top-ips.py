"""Top 3 client ips by total bytes sent

Question:  the 3 client ips with the most bytes sent
Assumes:   bytesSent summed up for each clientIp
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
    requests.groupBy("clientIp")
    .agg(F.sum("bytesSent").alias("total_bytesSent"))
    .orderBy(F.desc("total_bytesSent"), "clientIp")
    .limit(3)
)

result.write.mode("overwrite").parquet("output/requests-top-ips")
