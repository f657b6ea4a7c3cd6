from datetime import date, datetime, timedelta

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

today = date(2024, 6, 30)
start = today - timedelta(days=30)
print(f"from {start.isoformat()} to {today:%d.%m.%Y}")
result = orders.filter(F.col("order_date").between(F.lit(start), F.lit(today)) & (F.year("order_date") == datetime.now().year))

result.write.mode("overwrite").parquet("/output/turn")
