"""Revenue per order by month

Question:  average order value by month
Assumes:   revenue = quantity * unit_price; month from order_date; revenue summed up;
           order_items.order_id matches orders.order_id (100 % of its values seen; rows without
           a match stay, with nothing of orders); order_items and orders are grouped by
           themselves first, so no row counts twice
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

order_items = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, product_id INT, quantity INT, unit_price DOUBLE")
    .csv("data/shop/order_items.csv")
)

order_items_monthly = (
    order_items.join(orders, "order_id", "left")
    .groupBy(F.trunc("order_date", "month").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
)

orders_monthly = (
    orders.groupBy(F.trunc("order_date", "month").alias("month"))
    .agg(F.count("*").alias("orders"))
)

joined = (
    order_items_monthly.unionByName(orders_monthly, allowMissingColumns=True)
    .groupBy("month")
    .agg(
        F.max("total_revenue").alias("total_revenue"),
        F.coalesce(F.max("orders"), F.lit(0)).alias("orders"),
    )
)

result = (
    joined.withColumn(
        "revenue_per_order", F.col("total_revenue") / F.nullif("orders", F.lit(0))
    )
    .orderBy("month")
)

result.write.mode("overwrite").parquet("output/shop-average-order-value")
