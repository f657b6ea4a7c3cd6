"""Average weight where product is "Bolt"

Question:  average weight of the Bolt shipments
Assumes:   shipments.order_id matches order_lines.order_id and shipments.line_no matches
           order_lines.line_no (93.1 % of its combinations)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
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
    shipments.join(order_lines, ["order_id", "line_no"])
    .filter(F.col("product") == "Bolt")
    .agg(F.avg("weight").alias("avg_weight"))
)

result.write.mode("overwrite").parquet("output/dispatch-one-product")
