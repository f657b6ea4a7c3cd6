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
products = spark.read.parquet("/data/products.parquet")

joined = orders.join(F.broadcast(products), on="product_id", how="left")
result = joined.groupBy("category").agg(F.sum("quantity").alias("sold")).sort(F.col("sold").desc_nulls_last())

result.write.mode("overwrite").parquet("/output/turn")
