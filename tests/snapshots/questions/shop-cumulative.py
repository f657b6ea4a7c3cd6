"""Running total revenue by month

Question:  cumulative revenue by month
Assumes:   revenue = quantity * unit_price; month from order_date; revenue summed up;
           order_items.order_id matches orders.order_id (100 % of its values seen; rows without
           a match stay, with nothing of orders)
"""
from pyspark.sql import SparkSession, Window, functions as F

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

order_items = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, product_id INT, quantity INT, unit_price DOUBLE")
    .csv("data/shop/order_items.csv")
)

monthly = (
    order_items.join(orders, "order_id", "left")
    .groupBy(F.trunc("order_date", "month").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
)

running = (
    Window.orderBy("month")
    .rowsBetween(Window.unboundedPreceding, Window.currentRow)
)

result = (
    monthly.withColumn("running_total_revenue", F.sum("total_revenue").over(running))
    .orderBy("month")
)

result.write.mode("overwrite").parquet("output/shop-cumulative")
