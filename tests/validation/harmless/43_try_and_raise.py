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

wanted = {"region", "quantity"}
missing = wanted.difference(orders.columns)
if missing:
    raise ValueError(f"Missing columns: {', '.join(sorted(missing))}")
try:
    rows = orders.count()
except Exception as error:
    print("could not count", error)
    rows = 0
assert rows >= 0, "no rows"
result = orders

result.write.mode("overwrite").parquet("/output/turn")
