"""Total pieces by item

Question:  total pieces by item
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
    .groupBy(F.col("item").alias("slot_item"))
    .agg(F.sum("pieces").alias("total_pieces"))
    .orderBy(F.desc("total_pieces"), "slot_item")
)

result.write.mode("overwrite").parquet("output/warehouse-pieces-by-item")
