"""Rows by region

Question:  how many rows are there by region
"""
from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.appName("session")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

orders = (
    spark.read.option("header", "true")
    .option("sep", ";")
    .option("escape", '"')
    .option("mode", "FAILFAST")
    .schema("order_id BIGINT, region STRING, amount DECIMAL(12,2)")
    .csv("s3://shop-data/orders/*.csv")
)

result = orders.groupBy(orders.region).count()

result.write.mode("overwrite").parquet("s3://results/1")
