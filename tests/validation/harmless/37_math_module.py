import math

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

bins = math.ceil(math.sqrt(1000))
width = 10 ** 2 / bins
result = orders.withColumn("bin", F.floor(F.col("unit_price") / F.lit(width))).groupBy("bin").count().orderBy("bin")

result.write.mode("overwrite").parquet("/output/turn")
