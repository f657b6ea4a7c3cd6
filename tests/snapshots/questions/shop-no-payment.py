"""Customers (filtered)

Question:  customers without payments
Assumes:   payments.customer_id matches customers.customer_id (100 % of its values)
"""
from pyspark.sql import SparkSession

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

payments = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("payment_id INT, customer_id INT, paid_on DATE, amount DOUBLE")
    .csv("data/shop/payments.csv")
)

result = customers.join(payments.select("customer_id"), "customer_id", "left_anti")

result.write.mode("overwrite").parquet("output/shop-no-payment")
