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

top = [row["region"] for row in orders.groupBy("region").count().orderBy(F.desc("count")).limit(3).collect()]
first = orders.agg(F.max("order_date").alias("latest")).first()
print("latest", first.latest, first["latest"], first[0])
result = orders.filter(F.col("region").isin(top))

result.write.mode("overwrite").parquet("/output/turn")
