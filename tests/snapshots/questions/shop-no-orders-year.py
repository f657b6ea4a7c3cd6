"""Customers (filtered)

Question:  customers without orders in 2024
Assumes:   2024 by order_date; orders.customer_id matches customers.customer_id (90 % of its
           values)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

customers = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "customer_id INT, name STRING, city STRING, segment STRING, birth_year INT"
    )
    .csv("data/shop/customers.csv")
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

selected_orders = (
    orders.filter(
        (F.col("order_date") >= "2024-01-01") & (F.col("order_date") < "2025-01-01")
    )
    .select("customer_id")
)

result = customers.join(selected_orders, "customer_id", "left_anti")

result.write.mode("overwrite").parquet("output/shop-no-orders-year")
