"""Average duration ms by path

Question:  average duration per path
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
    requests.groupBy("path")
    .agg(F.avg("durationMs").alias("avg_durationMs"))
    .orderBy(F.desc("avg_durationMs"), "path")
)

result.write.mode("overwrite").parquet("output/requests-slow")
