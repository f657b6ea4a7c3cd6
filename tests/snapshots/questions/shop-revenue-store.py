"""Total revenue by store name in 2023

Question:  total revenue of each store in 2023
Assumes:   revenue = quantity * unit_price; 2023 by order_date; order_items.order_id matches
           orders.order_id (100 % of its values seen); orders.store_id matches stores.store_id
           (100 % of its values)
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

result = (
    order_items.join(orders, "order_id")
    .join(stores, "store_id")
    .filter(
        (F.col("order_date") >= "2023-01-01") & (F.col("order_date") < "2024-01-01")
    )
    .groupBy("store_name")
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
    .orderBy(F.desc("total_revenue"), "store_name")
)

result.write.mode("overwrite").parquet("output/shop-revenue-store")
