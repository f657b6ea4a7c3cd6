"""Total weight by product and state

Question:  total weight by product and state
Assumes:   shipments.order_id matches bookings.order_id (94.4 % of its values; rows without a
           match stay, with nothing of bookings); shipments.order_id matches
           order_lines.order_id and shipments.line_no matches order_lines.line_no (93.1 % of its
           combinations; rows without a match stay, with nothing of order_lines)
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

order_lines = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, line_no INT, product STRING, quantity INT")
    .csv("data/dispatch/order_lines.csv")
)

shipments = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, line_no INT, carrier STRING, weight DOUBLE")
    .csv("data/dispatch/shipments.csv")
)

result = (
    shipments.join(bookings, "order_id", "left")
    .join(order_lines, ["order_id", "line_no"], "left")
    .groupBy(
        F.col("product").alias("order_line_product"),
        F.col("state").alias("booking_state"),
    )
    .agg(F.sum("weight").alias("total_weight"))
    .orderBy("order_line_product", "booking_state")
)

result.write.mode("overwrite").parquet("output/dispatch-by-product-and-state")
