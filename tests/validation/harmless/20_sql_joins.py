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

orders.createOrReplaceTempView("o")
customers.createOrReplaceTempView("c")
result = spark.sql(
    "SELECT c.name, COUNT(*) AS n, MAX(o.order_date) AS last FROM o JOIN c ON o.customer_id = c.id "
    "GROUP BY c.name HAVING COUNT(*) > 1 ORDER BY n DESC LIMIT 10"
)

result.write.mode("overwrite").parquet("/output/turn")
