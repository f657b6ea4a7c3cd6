"""Products with the lowest list price for each category

Question:  cheapest product in each category
Assumes:   cheapest: by list_price
"""
from pyspark.sql import SparkSession, Window, functions as F

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

by_list_price = Window.partitionBy("category").orderBy("list_price", "product_id")

result = (
    products.withColumn("rank", F.row_number().over(by_list_price))
    .filter(F.col("rank") <= 1)
    .orderBy("category", "list_price", "product_id")
    .drop("rank")
)

result.write.mode("overwrite").parquet("output/shop-cheapest-of-each")
