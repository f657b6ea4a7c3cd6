"""Top 2 products by total revenue for each region

Question:  top 2 products by revenue in each region
Assumes:   revenue = quantity * unit_price; revenue summed up for each product and region
"""
from pyspark.sql import SparkSession, Window, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

sales = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "order_id INT, order_date DATE, customer STRING, region STRING, "
        "product STRING, category STRING, quantity INT, unit_price DOUBLE, "
        "discount DOUBLE, status STRING"
    )
    .csv("data/sales.csv")
)

by_product = (
    sales.groupBy("product", "region")
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
)

by_total_revenue = (
    Window.partitionBy("region")
    .orderBy(F.desc("total_revenue"), "product", "region")
)

result = (
    by_product.withColumn("rank", F.row_number().over(by_total_revenue))
    .filter(F.col("rank") <= 2)
    .orderBy("region", F.desc("total_revenue"), "product", "region")
    .drop("rank")
)

result.write.mode("overwrite").parquet("output/sales-top-per-group")
