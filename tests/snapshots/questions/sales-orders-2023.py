"""Number of sales in 2023

Question:  How many orders did we get in 2023?
Assumes:   2023 by order_date
"""
from pyspark.sql import SparkSession, functions as F

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

result = (
    sales.filter(
        (F.col("order_date") >= "2023-01-01") & (F.col("order_date") < "2024-01-01")
    )
    .agg(F.count("*").alias("count"))
)

result.write.mode("overwrite").parquet("output/sales-orders-2023")
