"""Total distance by driver

Question:  total distance by driver (matched by crew_id and slot_no)
Assumes:   trips.crew_id matches shifts.crew_id and trips.slot_no matches shifts.slot_no (100 %
           of its combinations)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

shifts = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("crew_id INT, slot_no INT, seat_no INT, driver STRING")
    .csv("data/rosters/shifts.csv")
)

trips = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("crew_id INT, slot_no INT, seat_no INT, distance INT")
    .csv("data/rosters/trips.csv")
)

result = (
    trips.alias("trips")
    .join(
        shifts.alias("shifts"),
        (F.col("trips.crew_id") == F.col("shifts.crew_id"))
        & (F.col("trips.slot_no") == F.col("shifts.slot_no")),
    )
    .groupBy(F.col("driver").alias("shift_driver"))
    .agg(F.sum("distance").alias("total_distance"))
    .orderBy(F.desc("total_distance"), "shift_driver")
)

result.write.mode("overwrite").parquet("output/rosters-by-slot")
