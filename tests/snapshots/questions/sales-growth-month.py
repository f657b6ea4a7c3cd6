"""Growth of total revenue by month in 2024

Question:  month over month growth of revenue in 2024
Assumes:   revenue = quantity * unit_price; 2024 by order_date; revenue summed up; month from
           order_date
"""
from pyspark.sql import SparkSession, Window, functions as F

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

monthly = (
    sales.filter(
        (F.col("order_date") >= "2024-01-01") & (F.col("order_date") < "2025-01-01")
    )
    .groupBy(F.trunc("order_date", "month").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
)

month_before = (
    Window.orderBy(F.year("month") * 12 + F.month("month"))
    .rangeBetween(-1, -1)
)

result = (
    monthly.withColumn(
        "previous_total_revenue", F.max("total_revenue").over(month_before)
    )
    .withColumn(
        "growth_total_revenue_percent",
        100.0
        * (
            (F.col("total_revenue") - F.col("previous_total_revenue"))
            / F.nullif("previous_total_revenue", F.lit(0))
        ),
    )
    .orderBy("month")
)

result.write.mode("overwrite").parquet("output/sales-growth-month")
