"""Number of requests where weekday of ts is 6 or 7

Question:  How many requests came on weekends?
Assumes:   weekends by ts
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

result = requests.filter(F.dayofweek("ts").isin(7, 1)).agg(F.count("*").alias("count"))

result.write.mode("overwrite").parquet("output/requests-weekend")
