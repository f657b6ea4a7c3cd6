"""Order lines (filtered)

Question:  order lines without shipments
Assumes:   shipments.order_id matches order_lines.order_id and shipments.line_no matches
           order_lines.line_no (93.1 % of its combinations)
"""
from pyspark.sql import SparkSession

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

result = order_lines.join(
    shipments.select("order_id", "line_no"), ["order_id", "line_no"], "left_anti"
)

result.write.mode("overwrite").parquet("output/dispatch-lacking")
