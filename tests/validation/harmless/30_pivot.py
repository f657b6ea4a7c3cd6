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

result = (
    orders.groupBy("region")
    .pivot("status", ["paid", "open", "cancelled"])
    .agg(F.sum("quantity"))
    .na.fill(0)
    .orderBy("region")
)

result.write.mode("overwrite").parquet("/output/turn")
