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

known = orders.join(customers, orders.customer_id == customers.id, "left_semi")
unknown = orders.join(customers, orders["customer_id"] == customers["id"], "left_anti")
result = known.withColumn("known", F.lit(True)).unionByName(unknown.withColumn("known", F.lit(False)))

result.write.mode("overwrite").parquet("/output/turn")
