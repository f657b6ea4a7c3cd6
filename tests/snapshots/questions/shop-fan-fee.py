"""Total shipping fee (filtered)

Question:  total shipping fee of orders with Camping products
Assumes:   order_items.order_id matches orders.order_id (100 % of its values seen);
           order_items.product_id matches products.product_id (100 % of its values)
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

selected_order_items = (
    order_items.join(products, "product_id")
    .filter(F.col("category") == "Camping")
    .select("order_id")
)

result = (
    orders.join(selected_order_items, "order_id", "left_semi")
    .agg(F.sum("shipping_fee").alias("total_order_shipping_fee"))
)

result.write.mode("overwrite").parquet("output/shop-fan-fee")
