"""Shipping fee of orders where order id is 5007

Question:  what is the shipping fee of order 5007
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

result = orders.filter(F.col("order_id") == 5007).select("shipping_fee")

result.write.mode("overwrite").parquet("output/shop-of-one-row")
