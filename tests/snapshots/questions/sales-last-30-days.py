"""Number of sales where order date is from 2024-11-26 to 2024-12-25

Question:  How many orders in the last 30 days?
Assumes:   counted from 2024-12-25, the latest order_date in the data; the last 30 days
           (2024-11-26 to 2024-12-25) by order_date
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
        (F.col("order_date") >= "2024-11-26") & (F.col("order_date") < "2024-12-26")
    )
    .agg(F.count("*").alias("count"))
)

result.write.mode("overwrite").parquet("output/sales-last-30-days")
