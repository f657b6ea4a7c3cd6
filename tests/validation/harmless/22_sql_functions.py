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

orders.createOrReplaceTempView("orders")
query = """
    SELECT date_format(order_date, 'yyyy-MM') AS month, coalesce(region, 'none') AS region,
           percentile_approx(unit_price, 0.5) AS middle, count_if(quantity > 2) AS large,
           sum(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) AS paid, try_divide(sum(quantity), count(*)) AS mean
    FROM orders GROUP BY 1, 2
    UNION ALL
    SELECT 'all', 'all', median(unit_price), 0, 0, 0 FROM orders
"""
result = spark.sql(query)

result.write.mode("overwrite").parquet("/output/turn")
