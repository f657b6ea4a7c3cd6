"""Number of different values of method

Question:  How many different kinds of methods are used?
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

result = requests.agg(F.count_distinct("method").alias("distinct_method"))

result.write.mode("overwrite").parquet("output/requests-kinds-of")
