from pyspark.sql import DataFrame, SparkSession, functions as F

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

def clean(df):
    """Only paid orders with trimmed regions."""
    return df.filter(F.col("status") == "paid").withColumn("region", F.trim(F.upper("region")))


def add_revenue(df: DataFrame, name: str = "revenue") -> DataFrame:
    return df.withColumn(name, F.round(F.col("quantity") * F.col("unit_price"), 2))


result = orders.transform(clean).transform(add_revenue)

result.write.mode("overwrite").parquet("/output/turn")
