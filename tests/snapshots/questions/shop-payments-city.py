"""Total amount by city of customers

Question:  total payment amount by customer city
Assumes:   payments.customer_id matches customers.customer_id (100 % of its values)
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
    .groupBy(F.col("city").alias("customer_city"))
    .agg(F.sum("amount").alias("total_amount"))
    .orderBy(F.desc("total_amount"), "customer_city")
)

result.write.mode("overwrite").parquet("output/shop-payments-city")
