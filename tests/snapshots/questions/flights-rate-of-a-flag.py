"""Count percent by airline

Question:  cancellation rate by airline
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

flights_2024 = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "`Flight Number` STRING, Airline STRING, `Departure Airport` STRING, "
        "`Arrival Airport` STRING, `Scheduled Departure` TIMESTAMP, `Delay (min)` INT, "
        "Passengers INT, `Distance km` DOUBLE, Cancelled BOOLEAN"
    )
    .csv("data/flights 2024.csv")
)

result = (
    flights_2024.groupBy("Airline")
    .agg(
        (
            100.0 * F.count_if(F.col("Cancelled")) / F.nullif(F.count("*"), F.lit(0))
        ).alias("count_percent")
    )
    .orderBy(F.desc("count_percent"), "Airline")
)

result.write.mode("overwrite").parquet("output/flights-rate-of-a-flag")
