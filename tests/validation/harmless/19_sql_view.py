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
result = spark.sql("""
    -- revenue by region
    WITH revenue AS (
        SELECT region, SUM(quantity * unit_price) AS revenue
        FROM orders
        WHERE order_date >= DATE '2024-01-01' AND status IN ('paid', 'sent')
        GROUP BY region
    )
    SELECT region, revenue, RANK() OVER (ORDER BY revenue DESC) AS place
    FROM revenue
    ORDER BY place
""")

result.write.mode("overwrite").parquet("/output/turn")
