"""Stores (filtered)

Question:  stores that never sold a Kettle
Assumes:   orders.store_id matches stores.store_id (100 % of its values); order_items.order_id
           matches orders.order_id (100 % of its values seen); order_items.product_id matches
           products.product_id (100 % of its values)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

products = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("product_id INT, product_name STRING, category STRING, list_price DOUBLE")
    .csv("data/shop/products.csv")
)

stores = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("store_id INT, store_name STRING, city STRING, floor_area INT")
    .csv("data/shop/stores.csv")
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

order_items = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, product_id INT, quantity INT, unit_price DOUBLE")
    .csv("data/shop/order_items.csv")
)

selected_order_items = (
    order_items.join(orders, "order_id")
    .join(products, "product_id")
    .filter(F.col("product_name") == "Kettle")
    .select("store_id")
)

result = stores.join(selected_order_items, "store_id", "left_anti")

result.write.mode("overwrite").parquet("output/shop-store-never-sold")
