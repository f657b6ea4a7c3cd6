"""Product with the 2nd highest number of sales

Question:  second most popular product
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
    sales.groupBy("product")
    .count()
    .orderBy(F.desc("count"), "product")
    .offset(1)
    .limit(1)
)

result.write.mode("overwrite").parquet("output/sales-second-most-common")
