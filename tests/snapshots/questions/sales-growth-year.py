"""Growth of total revenue by year

Question:  year over year growth of revenue
Assumes:   revenue = quantity * unit_price; revenue summed up; year from order_date
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

yearly = (
    sales.groupBy(F.year("order_date").alias("year"))
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
)

year_before = Window.orderBy("year").rangeBetween(-1, -1)

result = (
    yearly.withColumn(
        "previous_total_revenue", F.max("total_revenue").over(year_before)
    )
    .withColumn(
        "growth_total_revenue_percent",
        100.0
        * (
            (F.col("total_revenue") - F.col("previous_total_revenue"))
            / F.nullif("previous_total_revenue", F.lit(0))
        ),
    )
    .orderBy("year")
)

result.write.mode("overwrite").parquet("output/sales-growth-year")
