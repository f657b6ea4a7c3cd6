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

result = orders.select(
    F.coalesce(F.nullif(F.trim("region"), F.lit("")), F.lit("none")).alias("region"),
    F.when(F.col("quantity").isNull() | F.isnan("unit_price"), F.lit(None)).otherwise(F.col("quantity")).alias("quantity"),
    F.col("status").eqNullSafe("paid").alias("paid"),
).orderBy(F.asc_nulls_last("region"))

result.write.mode("overwrite").parquet("/output/turn")
