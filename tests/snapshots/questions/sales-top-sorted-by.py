"""Top 2 regions by average quantity

Question:  Show the top 2 regions sorted by the average quantity in descending order
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
    .agg(F.avg("quantity").alias("avg_quantity"))
    .orderBy(F.desc("avg_quantity"), "region")
    .limit(2)
)

result.write.mode("overwrite").parquet("output/sales-top-sorted-by")
