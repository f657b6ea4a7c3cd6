"""Customers by segment

Question:  how many customers and what median birth year per segment
"""

from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("customers_by_segment")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

customers = (
    spark.read.option("header", "true")
    .schema(
        "customer_id STRING, name STRING, email STRING, city STRING, region STRING, "
        "segment STRING, signup_date DATE, birth_year INT"
    )
    .csv("data/customers.csv")
)

result = customers.groupBy("segment").agg(
    F.count("*").alias("customers"),
    F.median("birth_year").alias("median_birth_year"),
)

result.write.mode("overwrite").parquet("output/customers_by_segment")
