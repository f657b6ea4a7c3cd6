from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("orders")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

df = spark.read.format("csv").options(header="true", sep=";", encoding="ISO-8859-1").load("/data/orders.csv")
result = df.fillna("unknown", subset=["region"])
result.write.format("parquet").mode("overwrite").option("compression", "zstd").save("/output/turn")
