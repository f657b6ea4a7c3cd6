"""Number of rows by month and medium

Question:  number of readings by medium and month
Assumes:   month from day; readings.plant matches sensors.plant and readings.sensor matches
           sensors.sensor (100 % of its combinations)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

sensors = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("plant STRING, sensor STRING, medium STRING, built INT")
    .csv("data/plants/sensors.csv")
)

readings = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("plant STRING, sensor STRING, day DATE, level DOUBLE")
    .csv("data/plants/readings.csv")
)

result = (
    readings.join(sensors, ["plant", "sensor"])
    .groupBy(
        F.trunc("day", "month").alias("month"), F.col("medium").alias("sensor_medium")
    )
    .count()
    .orderBy("month", "sensor_medium")
)

result.write.mode("overwrite").parquet("output/plants-by-medium-and-month")
