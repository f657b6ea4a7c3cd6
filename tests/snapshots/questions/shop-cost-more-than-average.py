"""Products where list price is more than the average list price in products

Question:  products that cost more than the average
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

result = (
    products.crossJoin(products.agg(F.avg("list_price").alias("avg_list_price")))
    .filter(F.col("list_price") > F.col("avg_list_price"))
    .drop("avg_list_price")
)

result.write.mode("overwrite").parquet("output/shop-cost-more-than-average")
