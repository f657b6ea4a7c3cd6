"""Total revenue by region where region is "North" or "South"

Question:  compare revenue of North and South
Assumes:   revenue = quantity * unit_price; revenue summed up
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
    sales.filter(F.col("region").isin("North", "South"))
    .groupBy("region")
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
    .orderBy(F.desc("total_revenue"), "region")
)

result.write.mode("overwrite").parquet("output/sales-compare-regions")
