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

baskets = orders.groupBy("customer_id").agg(F.collect_list(F.struct("order_date", "quantity")).alias("lines"))
result = baskets.select(
    "customer_id",
    F.transform("lines", lambda line: line["quantity"] * 2).alias("doubled"),
    F.aggregate("lines", F.lit(0), lambda total, line: total + line.quantity).alias("total"),
    F.filter("lines", lambda line: line["quantity"] > 1).alias("large"),
    F.exists("lines", lambda line: line["quantity"] > 9).alias("huge"),
)

result.write.mode("overwrite").parquet("/output/turn")
