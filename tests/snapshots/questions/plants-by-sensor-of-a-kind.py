"""Highest level by plant of readings and sensor of readings where medium is "heat"

Question:  highest level per sensor of those for heat
Assumes:   readings.plant matches sensors.plant and readings.sensor matches sensors.sensor (100
           % of its combinations)
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
    .filter(F.col("medium") == "heat")
    .groupBy("plant", "sensor")
    .agg(F.max("level").alias("max_level"))
    .orderBy("plant", "sensor")
)

result.write.mode("overwrite").parquet("output/plants-by-sensor-of-a-kind")
