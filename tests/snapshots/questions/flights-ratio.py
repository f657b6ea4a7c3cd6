"""Passengers per distance km

Question:  average passengers per km
Assumes:   per km: the total over the total Distance km
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

result = flights_2024.agg(
    (
        F.sum("Passengers") / F.nullif(F.sum("Distance km"), F.lit(0))
    ).alias("Passengers_per_Distance km")
)

result.write.mode("overwrite").parquet("output/flights-ratio")
