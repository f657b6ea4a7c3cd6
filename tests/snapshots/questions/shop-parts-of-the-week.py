"""Average shipping fee by part of week (filtered)

Question:  average shipping fee of orders on weekends vs weekdays
Assumes:   weekends by order_date; weekdays by order_date
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

orders = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "order_id INT, customer_id INT, store_id INT, order_date DATE, status STRING, "
        "shipping_fee DOUBLE"
    )
    .csv("data/shop/orders.csv")
)

result = (
    orders.filter(F.dayofweek("order_date").isin(7, 1, 2, 3, 4, 5, 6))
    .groupBy(
        F.when(
            F.dayofweek("order_date").isin(7, 1), "weekend"
        ).otherwise("weekday").alias("part_of_week")
    )
    .agg(F.avg("shipping_fee").alias("avg_shipping_fee"))
    .orderBy(F.desc("avg_shipping_fee"), F.asc_nulls_last("part_of_week"))
)

result.write.mode("overwrite").parquet("output/shop-parts-of-the-week")
