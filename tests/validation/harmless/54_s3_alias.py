from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("orders")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

first = spark.read.parquet("s3a://bucket/events/", "/data/products.parquet")
result = first.repartition("product_id").sortWithinPartitions("product_id").hint("broadcast")

result.write.mode("overwrite").parquet("/output/turn")
