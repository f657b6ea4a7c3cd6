"""Unit price of sales where order id is 17

Question:  unit price of order 17
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

result = sales.filter(F.col("order_id") == 17).select("unit_price")

result.write.mode("overwrite").parquet("output/sales-of-no-row")
