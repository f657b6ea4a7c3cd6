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

result = orders.agg(
    F.mean("unit_price").alias("mean"),
    F.stddev("unit_price").alias("spread"),
    F.percentile("unit_price", F.array(F.lit(0.25), F.lit(0.5), F.lit(0.75))).alias("quartiles"),
    F.corr("quantity", "unit_price").alias("correlation"),
    F.skewness("unit_price").alias("skew"),
)

result.write.mode("overwrite").parquet("/output/turn")
