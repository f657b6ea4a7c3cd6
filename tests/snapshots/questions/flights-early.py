"""Number of rows where delay (min) is less than 0

Question:  How many flights departed early (delay below 0)?
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

result = flights_2024.filter(F.col("Delay (min)") < 0).agg(F.count("*").alias("count"))

result.write.mode("overwrite").parquet("output/flights-early")
