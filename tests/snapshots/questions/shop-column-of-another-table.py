"""Average product list price by customer id and customer name

Question:  average list price by customer
Assumes:   each row of products counts once in a group; order_items.order_id matches
           orders.order_id (100 % of its values seen; rows without a match stay, with nothing of
           orders); order_items.product_id matches products.product_id (100 % of its values);
           orders.customer_id matches customers.customer_id (90 % of its values; rows without a
           match stay, with nothing of customers)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

customers = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "customer_id INT, name STRING, city STRING, segment STRING, birth_year INT"
    )
    .csv("data/shop/customers.csv")
)

products = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("product_id INT, product_name STRING, category STRING, list_price DOUBLE")
    .csv("data/shop/products.csv")
)

orders = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "order_id INT, customer_id INT, store_id INT, order_date DATE, status STRING, "
        "shipping_fee DOUBLE"
    )
    .csv("data/shop/orders.csv")
)

order_items = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("order_id INT, product_id INT, quantity INT, unit_price DOUBLE")
    .csv("data/shop/order_items.csv")
)

result = (
    order_items.join(orders, "order_id", "left")
    .join(products, "product_id")
    .join(customers, "customer_id", "left")
    .select(
        "customer_id",
        F.col("name").alias("customer_name"),
        "product_id",
        F.col("list_price").alias("product_list_price"),
    )
    .distinct()
    .groupBy("customer_id", "customer_name")
    .agg(F.avg("product_list_price").alias("avg_product_list_price"))
    .orderBy(F.asc_nulls_last("customer_id"), "customer_name")
)

result.write.mode("overwrite").parquet("output/shop-column-of-another-table")
