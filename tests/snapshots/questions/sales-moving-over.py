"""Moving average of total revenue by month

Question:  moving average of revenue over 3 months
Assumes:   revenue = quantity * unit_price; the moving average covers 3 months; revenue summed
           up; month from order_date
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
    sales.groupBy(F.trunc("order_date", "month").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
)

last_3_months = (
    Window.orderBy(F.year("month") * 12 + F.month("month"))
    .rangeBetween(-2, Window.currentRow)
)

result = (
    monthly.withColumn(
        "moving_avg_total_revenue", F.avg("total_revenue").over(last_3_months)
    )
    .orderBy("month")
)

result.write.mode("overwrite").parquet("output/sales-moving-over")
