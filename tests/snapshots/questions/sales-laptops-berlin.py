"""Order id and customer of sales (filtered)

Question:  List order id and customer of laptop orders with quantity of at least 9
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
    sales.filter(F.col("product") == "Laptop")
    .filter(F.col("quantity") >= 9)
    .select("order_id", "customer")
)

result.write.mode("overwrite").parquet("output/sales-laptops-berlin")
