"""Average level by plant of readings where medium is "heat"

Question:  average level of the heat sensors by plant
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
    .groupBy("plant")
    .agg(F.avg("level").alias("avg_level"))
    .orderBy(F.desc("avg_level"), "plant")
)

result.write.mode("overwrite").parquet("output/plants-heat-by-plant")
