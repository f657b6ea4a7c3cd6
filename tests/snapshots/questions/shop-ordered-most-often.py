"""Product name with the highest number of rows

Question:  which product is ordered most often
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

result = (
    order_items.join(products, "product_id")
    .groupBy("product_name")
    .count()
    .orderBy(F.desc("count"), "product_name")
    .limit(1)
)

result.write.mode("overwrite").parquet("output/shop-ordered-most-often")
