"""Total revenue by category and region

Question:  revenue by category with one column per region
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
    sales.groupBy("category")
    .pivot("region", ["North", "South", "East", "West"])
    .agg(F.sum(F.col("quantity") * F.col("unit_price")))
    .orderBy("category")
)

result.write.mode("overwrite").parquet("output/sales-pivot")
