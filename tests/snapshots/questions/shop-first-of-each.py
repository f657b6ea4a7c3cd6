"""Earliest order date by customer id of orders and name

Question:  when was the first order of each customer?
Assumes:   the first by order_date; orders.customer_id matches customers.customer_id (90 % of
           its values; rows without a match stay, with nothing of customers)
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

result = (
    orders.join(customers, "customer_id", "left")
    .groupBy("customer_id", F.col("name").alias("customer_name"))
    .agg(F.min("order_date").alias("min_order_date"))
    .orderBy(F.asc_nulls_last("customer_id"), "customer_name")
)

result.write.mode("overwrite").parquet("output/shop-first-of-each")
