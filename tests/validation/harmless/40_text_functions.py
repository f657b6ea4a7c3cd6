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
    F.regexp_extract("status", r"(\w+)", 1).alias("word"),
    F.regexp_replace(F.col("region"), "[^A-Z]", "").alias("letters"),
    F.split("status", " ").getItem(0).alias("first"),
    F.concat_ws("-", "region", "status").alias("key"),
    F.initcap(F.lower("status")).alias("title"),
    F.format_number("unit_price", 2).alias("price"),
)

result.write.mode("overwrite").parquet("/output/turn")
