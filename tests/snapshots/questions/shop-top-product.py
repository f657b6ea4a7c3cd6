"""Product name with the highest total revenue

Question:  which product has the highest revenue
Assumes:   revenue = quantity * unit_price; revenue summed up for each product_name;
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

order_items = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, product_id INT, quantity INT, unit_price DOUBLE")
    .csv("data/shop/order_items.csv")
)

result = (
    order_items.join(products, "product_id")
    .groupBy("product_name")
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
    .orderBy(F.desc("total_revenue"), "product_name")
    .limit(1)
)

result.write.mode("overwrite").parquet("output/shop-top-product")
