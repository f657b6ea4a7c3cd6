"""Number of rows where weekday of scheduled departure is Monday

Question:  How many flights leave on Mondays?
Assumes:   Monday by Scheduled Departure
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
    flights_2024.filter(F.dayofweek("Scheduled Departure") == 2)
    .agg(F.count("*").alias("count"))
)

result.write.mode("overwrite").parquet("output/flights-on-monday")
