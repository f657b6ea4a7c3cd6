from pyspark.sql import SparkSession
from pyspark.sql.functions import avg, col, lit, sum as _sum, when, year

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

result = (
    orders.groupBy(year("order_date").alias("year"))
    .agg(_sum(col("quantity")).alias("sold"), avg("unit_price").alias("price"))
    .withColumn("label", when(col("sold") > lit(100), "much").otherwise("little"))
)

result.write.mode("overwrite").parquet("/output/turn")
