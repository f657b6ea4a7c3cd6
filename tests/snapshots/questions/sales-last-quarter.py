"""Total revenue in Q3 2024

Question:  revenue last quarter
Assumes:   revenue = quantity * unit_price; counted from 2024-12-25, the latest order_date in
           the data; last quarter (Q3 2024) by order_date; revenue summed up
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
        (F.col("order_date") >= "2024-07-01") & (F.col("order_date") < "2024-10-01")
    )
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
)

result.write.mode("overwrite").parquet("output/sales-last-quarter")
