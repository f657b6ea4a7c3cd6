"""Number of different values of customer id of orders (filtered)

Question:  How many customers bought Sandals?
Assumes:   order_items.order_id matches orders.order_id (100 % of its values seen; rows without
           a match stay, with nothing of orders); order_items.product_id matches
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
    order_items.join(orders, "order_id", "left")
    .join(products, "product_id")
    .filter(F.col("product_name") == "Sandals")
    .agg(F.count_distinct("customer_id").alias("distinct_order_customer_id"))
)

result.write.mode("overwrite").parquet("output/shop-count-bought")
