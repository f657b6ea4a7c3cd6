"""Path and duration ms of requests with the latest ts for each path

Question:  latest duration per path
Assumes:   latest: by ts
"""
from pyspark.sql import SparkSession, Window, functions as F

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

by_ts = Window.partitionBy("path").orderBy(F.desc("ts"))

result = (
    requests.withColumn("rank", F.row_number().over(by_ts))
    .filter(F.col("rank") <= 1)
    .orderBy("path", F.desc("ts"))
    .select("path", "durationMs")
)

result.write.mode("overwrite").parquet("output/requests-latest-value-of-each")
