"""Order date of orders (filtered)

Question:  order dates of the orders with quantity above 3
Assumes:   order_items.order_id matches orders.order_id (100 % of its values seen)
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

order_items = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, product_id INT, quantity INT, unit_price DOUBLE")
    .csv("data/shop/order_items.csv")
)

result = (
    orders.join(
        order_items.filter(F.col("quantity") > 3).select("order_id"),
        "order_id",
        "left_semi",
    )
    .select("order_date")
)

result.write.mode("overwrite").parquet("output/shop-dates-of-orders")
