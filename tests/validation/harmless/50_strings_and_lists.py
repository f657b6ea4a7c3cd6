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

regions = "EU,US,APAC".split(",")
labels = [region.title() for region in regions if region.upper() != "US"]
text = ", ".join(labels) + "{:.1f} %".format(12.3)
seen: set[str] = set()
seen.update(labels)
pairs = dict(zip(regions, labels, strict=False))
pairs.setdefault("EU", "Europe")
result = orders.filter(F.col("region").isin([*seen])).withColumn("note", F.lit(text.strip()))

result.write.mode("overwrite").parquet("/output/turn")
