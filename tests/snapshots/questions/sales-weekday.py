"""Number of sales by weekday

Question:  number of orders by day of the week
Assumes:   weekday name from order_date
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
    sales.groupBy(
        ((F.dayofweek("order_date") + 5) % 7 + 1).alias("weekday_number"),
        F.date_format("order_date", "EEEE").alias("weekday"),
    )
    .count()
    .orderBy("weekday_number")
    .drop("weekday_number")
)

result.write.mode("overwrite").parquet("output/sales-weekday")
