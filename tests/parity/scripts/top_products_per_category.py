"""Dearest two products of each category

Question:  top 2 products by list price in each category
"""

from pyspark.sql import SparkSession, Window, functions as F

spark = (
    SparkSession.builder.appName("top_products_per_category")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

products = (
    spark.read.option("header", "true")
    .schema(
        "product_id STRING, product_name STRING, category STRING, brand STRING, "
        "list_price DOUBLE, cost DOUBLE, launched DATE"
    )
    .csv("data/products.csv")
)

by_price = Window.partitionBy("category").orderBy(F.desc("list_price"), "product_name")
result = (
    products.withColumn("rank", F.row_number().over(by_price))
    .where(F.col("rank") <= 2)
    .select("category", "rank", "product_name", "list_price")
    .orderBy("category", "rank")
)

result.write.mode("overwrite").parquet("output/top_products_per_category")
