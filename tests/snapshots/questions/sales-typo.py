"""Total revenue by region

Question:  totl revenu by regoin
Assumes:   revenue = quantity * unit_price
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
    sales.groupBy("region")
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
    .orderBy(F.desc("total_revenue"), "region")
)

result.write.mode("overwrite").parquet("output/sales-typo")
