"""Total order line quantity by carrier

Question:  total quantity by carrier
Assumes:   each row of order_lines counts once in a group; shipments.order_id matches
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
    shipments.join(order_lines, ["order_id", "line_no"], "left")
    .select(
        "carrier", "order_id", "line_no", F.col("quantity").alias("order_line_quantity")
    )
    .distinct()
    .groupBy("carrier")
    .agg(F.sum("order_line_quantity").alias("total_order_line_quantity"))
    .orderBy(F.desc("total_order_line_quantity"), "carrier")
)

result.write.mode("overwrite").parquet("output/dispatch-parents-once")
