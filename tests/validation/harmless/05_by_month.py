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
    orders.groupBy(F.date_trunc("month", "order_date").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("revenue"), F.countDistinct("customer_id").alias("customers"))
    .orderBy("month")
)

result.write.mode("overwrite").parquet("/output/turn")
