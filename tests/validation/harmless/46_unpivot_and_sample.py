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

long = orders.unpivot(["order_id"], ["quantity", "product_id"], "measure", "value")
train, test = orders.randomSplit([0.8, 0.2], seed=1)
result = long.sample(fraction=0.5, seed=3).limit(train.count() + test.count())

result.write.mode("overwrite").parquet("/output/turn")
