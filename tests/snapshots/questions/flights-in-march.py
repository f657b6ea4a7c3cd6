"""Number of rows by airline in March 2024

Question:  flights in March 2024 by airline
Assumes:   March 2024 by Scheduled Departure
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
    flights_2024.filter(
        (F.col("Scheduled Departure") >= "2024-03-01 00:00:00")
        & (F.col("Scheduled Departure") < "2024-04-01 00:00:00")
    )
    .groupBy("Airline")
    .count()
    .orderBy(F.desc("count"), "Airline")
)

result.write.mode("overwrite").parquet("output/flights-in-march")
