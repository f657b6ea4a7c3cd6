"""Average pieces where item is "Tea" and site of counts is "A"

Question:  average pieces of Tea at site A
Assumes:   counts.site matches slots.site and counts.aisle matches slots.aisle and counts.shelf
           matches slots.shelf (100 % of its combinations)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

slots = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("site STRING, aisle INT, shelf INT, item STRING")
    .csv("data/warehouse/slots.csv")
)

counts = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("site STRING, aisle INT, shelf INT, counted_on DATE, pieces INT")
    .csv("data/warehouse/counts.csv")
)

result = (
    counts.join(slots, ["site", "aisle", "shelf"])
    .filter(F.col("item") == "Tea")
    .filter(F.col("site") == "A")
    .agg(F.avg("pieces").alias("avg_pieces"))
)

result.write.mode("overwrite").parquet("output/warehouse-item-at-a-site")
