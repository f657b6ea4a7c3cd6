"""Products (filtered)

Question:  products sold exactly twice
Assumes:   order_items.product_id matches products.product_id (100 % of its values)
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

order_items = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, product_id INT, quantity INT, unit_price DOUBLE")
    .csv("data/shop/order_items.csv")
)

by_product_id = (
    order_items.groupBy("product_id")
    .count()
    .filter(F.col("count") == 2)
    .select("product_id")
)

result = products.join(by_product_id, "product_id", "left_semi")

result.write.mode("overwrite").parquet("output/shop-sold-so-often")
