"""Customer name, customer city and store name of orders, customers and stores (filtered)

Question:  show the customer name, the customer city and the store name of orders with shipping
           fee above 7
Assumes:   orders.customer_id matches customers.customer_id (90 % of its values; rows without a
           match stay, with nothing of customers); orders.store_id matches stores.store_id (100
           % of its values)
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

stores = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("store_id INT, store_name STRING, city STRING, floor_area INT")
    .csv("data/shop/stores.csv")
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
    orders.alias("orders")
    .join(
        customers.alias("customers"),
        F.col("orders.customer_id") == F.col("customers.customer_id"),
        "left",
    )
    .join(stores.alias("stores"), F.col("orders.store_id") == F.col("stores.store_id"))
    .filter(F.col("shipping_fee") > 7)
    .select(
        F.col("name").alias("customer_name"),
        F.col("customers.city").alias("customer_city"),
        "store_name",
    )
)

result.write.mode("overwrite").parquet("output/shop-names-and-places")
