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

result = orders
for name, kind in orders.dtypes:
    if kind == "string":
        result = result.withColumn(name, F.trim(F.col(name)))
for number in range(3):
    result = result.withColumn(f"lag_{number}", F.lit(number))

result.write.mode("overwrite").parquet("/output/turn")
