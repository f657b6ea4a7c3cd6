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

q1, q3 = orders.approxQuantile("unit_price", [0.25, 0.75], 0.0)
spread = q3 - q1
low, high = q1 - 1.5 * spread, q3 + 1.5 * spread
result = orders.filter((F.col("unit_price") < low) | (F.col("unit_price") > high))

result.write.mode("overwrite").parquet("/output/turn")
