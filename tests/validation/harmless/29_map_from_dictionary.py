from itertools import chain

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

labels = {"EU": "Europe", "US": "United States"}
mapping = F.create_map([F.lit(x) for x in chain(*labels.items())])
result = orders.withColumn("region_name", F.coalesce(mapping[F.col("region")], F.lit("other")))

result.write.mode("overwrite").parquet("/output/turn")
