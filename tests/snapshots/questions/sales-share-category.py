"""Share of total revenue by category

Question:  share of revenue by category
Assumes:   revenue = quantity * unit_price; revenue summed up
"""
from pyspark.sql import SparkSession, Window, functions as F

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

by_category = (
    sales.groupBy("category")
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("total_revenue"))
)

result = (
    by_category.withColumn(
        "total_revenue_percent",
        100.0
        * (
            F.col("total_revenue")
            / F.nullif(F.sum("total_revenue").over(Window.partitionBy()), F.lit(0))
        ),
    )
    .orderBy(F.desc("total_revenue"), "category")
)

result.write.mode("overwrite").parquet("output/sales-share-category")
