"""Number of different values of customer id of orders in 2023

Question:  number of customers with orders in 2023
Assumes:   2023 by order_date
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

orders = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "order_id INT, customer_id INT, store_id INT, order_date DATE, status STRING, "
        "shipping_fee DOUBLE"
    )
    .csv("data/shop/orders.csv")
)

result = (
    orders.filter(
        (F.col("order_date") >= "2023-01-01") & (F.col("order_date") < "2024-01-01")
    )
    .agg(F.count_distinct("customer_id").alias("distinct_customer_id"))
)

result.write.mode("overwrite").parquet("output/shop-count-active")
