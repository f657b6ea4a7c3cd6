"""Average order shipping fee by product category

Question:  average shipping fee of orders by product category
Assumes:   each row of orders counts once in a group; order_items.order_id matches
           orders.order_id (100 % of its values seen; rows without a match stay, with nothing of
           orders); order_items.product_id matches products.product_id (100 % of its values)
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
    .select(
        F.col("category").alias("product_category"),
        "order_id",
        F.col("shipping_fee").alias("order_shipping_fee"),
    )
    .distinct()
    .groupBy("product_category")
    .agg(F.avg("order_shipping_fee").alias("avg_order_shipping_fee"))
    .orderBy(F.desc("avg_order_shipping_fee"), "product_category")
)

result.write.mode("overwrite").parquet("output/shop-fan-fee-category")
