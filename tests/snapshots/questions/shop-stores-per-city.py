"""Number of stores by city

Question:  number of stores per city
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

stores = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("store_id INT, store_name STRING, city STRING, floor_area INT")
    .csv("data/shop/stores.csv")
)

result = (
    stores.groupBy("city")
    .count()
    .orderBy(F.desc("count"), "city")
)

result.write.mode("overwrite").parquet("output/shop-stores-per-city")
