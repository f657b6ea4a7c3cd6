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

from pyspark.sql.window import Window

so_far = Window.orderBy("order_date").rowsBetween(Window.unboundedPreceding, Window.currentRow)
daily = orders.groupBy("order_date").agg(F.sum("quantity").alias("quantity"))
result = daily.withColumn("total", F.sum("quantity").over(so_far)).withColumn(
    "moving", F.avg("quantity").over(Window.orderBy("order_date").rowsBetween(-6, 0))
)

result.write.mode("overwrite").parquet("/output/turn")
