"""Highest passengers by arrival airport

Question:  maximum passengers for each arrival airport
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
    flights_2024.groupBy("Arrival Airport")
    .agg(F.max("Passengers").alias("max_Passengers"))
    .orderBy(F.desc("max_Passengers"), "Arrival Airport")
)

result.write.mode("overwrite").parquet("output/flights-max-pass")
