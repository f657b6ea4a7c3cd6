"""Total weight by state

Question:  total weight by state
Assumes:   shipments.order_id matches bookings.order_id (94.4 % of its values; rows without a
           match stay, with nothing of bookings)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

bookings = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, state STRING")
    .csv("data/dispatch/bookings.csv")
)

shipments = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, line_no INT, carrier STRING, weight DOUBLE")
    .csv("data/dispatch/shipments.csv")
)

result = (
    shipments.join(bookings, "order_id", "left")
    .groupBy(F.col("state").alias("booking_state"))
    .agg(F.sum("weight").alias("total_weight"))
    .orderBy(F.desc("total_weight"), "booking_state")
)

result.write.mode("overwrite").parquet("output/dispatch-by-state-of-the-order")
