"""Total weight by carrier

Question:  total weight by carrier
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

shipments = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, line_no INT, carrier STRING, weight DOUBLE")
    .csv("data/dispatch/shipments.csv")
)

result = (
    shipments.groupBy("carrier")
    .agg(F.sum("weight").alias("total_weight"))
    .orderBy(F.desc("total_weight"), "carrier")
)

result.write.mode("overwrite").parquet("output/dispatch-one-table-alone")
