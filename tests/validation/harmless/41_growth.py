from pyspark.sql import SparkSession, Window, functions as F

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

monthly = orders.groupBy(F.trunc("order_date", "MM").alias("month")).agg(F.sum("quantity").alias("sold"))
w = Window.orderBy("month")
result = monthly.withColumn("before", F.lag("sold").over(w)).withColumn(
    "growth", F.try_divide(F.col("sold") - F.col("before"), F.col("before"))
)

result.write.mode("overwrite").parquet("/output/turn")
