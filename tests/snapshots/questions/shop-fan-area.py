"""Average store floor area by status

Question:  average floor area of stores by order status
Assumes:   each row of stores counts once in a group; orders.store_id matches stores.store_id
           (100 % of its values)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

stores = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("store_id INT, store_name STRING, city STRING, floor_area INT")
    .csv("data/shop/stores.csv")
)

orders = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "order_id INT, customer_id INT, store_id INT, order_date DATE, status STRING, "
        "shipping_fee DOUBLE"
    )
    .csv("data/shop/orders.csv")
)

result = (
    orders.join(stores, "store_id")
    .select("status", "store_id", F.col("floor_area").alias("store_floor_area"))
    .distinct()
    .groupBy("status")
    .agg(F.avg("store_floor_area").alias("avg_store_floor_area"))
    .orderBy(F.desc("avg_store_floor_area"), "status")
)

result.write.mode("overwrite").parquet("output/shop-fan-area")
