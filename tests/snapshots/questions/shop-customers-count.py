"""Number of customers

Question:  How many customers are there?
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

result = customers.agg(F.count("*").alias("count"))

result.write.mode("overwrite").parquet("output/shop-customers-count")
