"""Number of rows by airline where cancelled is true

Question:  How many flights were cancelled per airline?
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
    flights_2024.filter(F.col("Cancelled"))
    .groupBy("Airline")
    .count()
    .orderBy(F.desc("count"), "Airline")
)

result.write.mode("overwrite").parquet("output/flights-cancel-rate")
