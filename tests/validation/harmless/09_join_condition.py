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
customers = spark.read.json("/data/customers.json")

o = orders.alias("o")
c = customers.alias("c")
result = o.join(c, F.col("o.customer_id") == F.col("c.id"), "inner").select("o.order_id", "c.name")

result.write.mode("overwrite").parquet("/output/turn")
