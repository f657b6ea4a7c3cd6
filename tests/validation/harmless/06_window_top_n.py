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

by_region = Window.partitionBy("region").orderBy(F.desc("revenue"))
revenue = orders.groupBy("region", "product_id").agg(F.sum(F.expr("quantity * unit_price")).alias("revenue"))
result = revenue.withColumn("rank", F.row_number().over(by_region)).filter(F.col("rank") <= 3)

result.write.mode("overwrite").parquet("/output/turn")
