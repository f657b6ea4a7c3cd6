"""Total amount by customer id of payments and name (filtered)

Question:  customers with less than 700 total amount
Assumes:   only customers that have rows in payments are counted; payments.customer_id matches
           customers.customer_id (100 % of its values)
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

payments = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("payment_id INT, customer_id INT, paid_on DATE, amount DOUBLE")
    .csv("data/shop/payments.csv")
)

result = (
    payments.join(customers, "customer_id")
    .groupBy("customer_id", F.col("name").alias("customer_name"))
    .agg(F.sum("amount").alias("total_amount"))
    .filter(F.col("total_amount") < 700)
    .orderBy("customer_id", "customer_name")
)

result.write.mode("overwrite").parquet("output/shop-total-compared")
