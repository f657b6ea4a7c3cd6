"""Number of requests where duration ms is at least 2000

Question:  How many requests took 2000 ms or more?
Assumes:   ms speaks of durationMs
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

result = requests.filter(F.col("durationMs") >= 2000).agg(F.count("*").alias("count"))

result.write.mode("overwrite").parquet("output/requests-gte")
