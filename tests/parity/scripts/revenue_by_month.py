"""Revenue by month

Question:  revenue by month in 2025
Assumes:   revenue = quantity * unit_price; month from order_date
"""

from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("revenue_by_month")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

orders = (
    spark.read.option("header", "true")
    .schema(
        "order_id INT, order_date DATE, customer_id STRING, product_id STRING, store_id STRING, "
        "channel STRING, region STRING, quantity INT, unit_price STRING, discount STRING, "
        "payment_method STRING, status STRING, shipped_date DATE, rating INT"
    )
    .csv("data/orders.csv")
)
orders = orders.withColumn(
    "unit_price", F.regexp_replace("unit_price", "£", "").cast("decimal(10,2)")
)

result = (
    orders.where(F.year("order_date") == 2025)
    .groupBy(F.date_trunc("month", "order_date").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("revenue"))
    .orderBy("month")
)

result.write.mode("overwrite").parquet("output/revenue_by_month")
