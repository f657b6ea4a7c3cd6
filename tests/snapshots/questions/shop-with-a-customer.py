"""Number of rows where name is not missing

Question:  how many orders have a customer
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
    .filter(F.col("name").isNotNull())
    .agg(F.count("*").alias("count"))
)

result.write.mode("overwrite").parquet("output/shop-with-a-customer")
