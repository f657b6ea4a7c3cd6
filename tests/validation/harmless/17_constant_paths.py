from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("orders")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

INPUT = "/data/orders.csv"
OUTPUT = "/output/turn"

df = spark.read.csv(INPUT, header=True, inferSchema=True, sep=",")
result = df.dropDuplicates(["order_id"]).na.fill({"region": "unknown"})
result.write.parquet(OUTPUT, mode="overwrite")
