from functools import reduce

from pyspark.sql import DataFrame, SparkSession, functions as F

spark = (
    SparkSession.builder.appName("orders")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

orders = (
    spark.read.option("header", "true")
    .schema("order_id INT, customer_id INT, product_id INT, order_date DATE, quantity INT, unit_price DOUBLE, region STRING, status STRING")
    .csv("/data/orders.csv")
)

parts = [orders.filter(F.col("region") == region) for region in ["EU", "US"]]
result = reduce(DataFrame.unionByName, parts)

result.write.mode("overwrite").parquet("/output/turn")
