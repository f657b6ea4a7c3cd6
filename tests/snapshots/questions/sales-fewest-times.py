"""Product with the lowest number of sales

Question:  Show the product that occurs the fewest times
"""
from pyspark.sql import SparkSession

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
    sales.groupBy("product")
    .count()
    .orderBy("count", "product")
    .limit(1)
)

result.write.mode("overwrite").parquet("output/sales-fewest-times")
