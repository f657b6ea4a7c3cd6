"""Last 5 orders by order date

Question:  the last 5 orders
Assumes:   the last by order_date
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

orders = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "order_id INT, customer_id INT, store_id INT, order_date DATE, status STRING, "
        "shipping_fee DOUBLE"
    )
    .csv("data/shop/orders.csv")
)

result = orders.orderBy(F.desc("order_date"), "order_id").limit(5)

result.write.mode("overwrite").parquet("output/shop-last-rows")
