"""Orders and customers where city of customers is "Lyon"

Question:  orders of customers in Lyon
Assumes:   orders.customer_id matches customers.customer_id (90 % of its values)
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

result = (
    orders.join(customers, "customer_id")
    .filter(F.col("city") == "Lyon")
    .select(
        "order_id", "customer_id", "store_id", "order_date", "status", "shipping_fee"
    )
)

result.write.mode("overwrite").parquet("output/shop-orders-city")
