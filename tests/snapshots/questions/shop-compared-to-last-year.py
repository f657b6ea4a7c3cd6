"""Growth of total revenue by year and city of customers

Question:  revenue by city compared to last year
Assumes:   revenue = quantity * unit_price; revenue summed up; year from order_date;
           order_items.order_id matches orders.order_id (100 % of its values seen; rows without
           a match stay, with nothing of orders); orders.customer_id matches
           customers.customer_id (90 % of its values; rows without a match stay, with nothing of
           customers)
"""
from pyspark.sql import SparkSession, Window, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

customers = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "customer_id INT, name STRING, city STRING, segment STRING, birth_year INT"
    )
    .csv("data/shop/customers.csv")
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

yearly = (
    order_items.join(orders, "order_id", "left")
    .join(customers, "customer_id", "left")
    .groupBy(F.year("order_date").alias("year"), F.col("city").alias("customer_city"))
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
)

year_before = (
    Window.partitionBy("customer_city")
    .orderBy("year")
    .rangeBetween(-1, -1)
)

result = (
    yearly.withColumn(
        "previous_total_revenue", F.max("total_revenue").over(year_before)
    )
    .withColumn(
        "growth_total_revenue_percent",
        100.0
        * (
            (F.col("total_revenue") - F.col("previous_total_revenue"))
            / F.nullif("previous_total_revenue", F.lit(0))
        ),
    )
    .orderBy("customer_city", "year")
)

result.write.mode("overwrite").parquet("output/shop-compared-to-last-year")
