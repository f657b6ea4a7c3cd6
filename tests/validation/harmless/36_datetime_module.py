import datetime as dt

from pyspark.sql import SparkSession, functions as F

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

cutoff = dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)
result = orders.filter(F.to_timestamp("order_date") >= F.lit(cutoff))

result.write.mode("overwrite").parquet("/output/turn")
