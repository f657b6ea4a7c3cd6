"""Running total revenue by month

Question:  running total of revenue by month
Assumes:   revenue = quantity * unit_price; month from order_date; revenue summed up
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

running = (
    Window.orderBy("month")
    .rowsBetween(Window.unboundedPreceding, Window.currentRow)
)

result = (
    monthly.withColumn("running_total_revenue", F.sum("total_revenue").over(running))
    .orderBy("month")
)

result.write.mode("overwrite").parquet("output/sales-running-total")
