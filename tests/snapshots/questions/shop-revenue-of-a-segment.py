"""Total revenue where segment is "Business"

Question:  revenue of Business customers
Assumes:   revenue = quantity * unit_price; revenue summed up; order_items.order_id matches
           orders.order_id (100 % of its values seen); orders.customer_id matches
           customers.customer_id (90 % of its values)
"""
from pyspark.sql import SparkSession, functions as F

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

result = (
    order_items.join(orders, "order_id")
    .join(customers, "customer_id")
    .filter(F.col("segment") == "Business")
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
)

result.write.mode("overwrite").parquet("output/shop-revenue-of-a-segment")
