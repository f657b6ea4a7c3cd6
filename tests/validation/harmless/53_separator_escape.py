from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("orders")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

result = spark.read.option("sep", "\u0001").option("nullValue", "\\N").option("quote", "").csv("/data/orders.csv")

result.write.mode("overwrite").parquet("/output/turn")
