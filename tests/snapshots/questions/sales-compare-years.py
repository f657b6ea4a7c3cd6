"""Total revenue by year where order date is in 2023 or order date is in 2024

Question:  compare revenue in 2023 and 2024
Assumes:   revenue = quantity * unit_price; 2023 by order_date; 2024 by order_date; revenue
           summed up
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

sales = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "order_id INT, order_date DATE, customer STRING, region STRING, "
        "product STRING, category STRING, quantity INT, unit_price DOUBLE, "
        "discount DOUBLE, status STRING"
    )
    .csv("data/sales.csv")
)

result = (
    sales.filter(
        ((F.col("order_date") >= "2023-01-01") & (F.col("order_date") < "2024-01-01"))
        | ((F.col("order_date") >= "2024-01-01") & (F.col("order_date") < "2025-01-01"))
    )
    .groupBy(F.year("order_date").alias("year"))
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
    .orderBy("year")
)

result.write.mode("overwrite").parquet("output/sales-compare-years")
