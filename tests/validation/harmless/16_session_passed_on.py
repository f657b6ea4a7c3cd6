from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("orders")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

def load(spark):
    return spark.read.option("header", True).option("inferSchema", True).csv("/data/orders.csv")


def build(spark):
    orders = load(spark)
    return orders.groupBy("region").agg(F.count("*").alias("orders"))


result = build(spark)

result.write.mode("overwrite").parquet("/output/turn")
