"""Sales where order date is from 2023-05-01 to 2023-05-07

Question:  orders between 2023-05-01 and 2023-05-07
Assumes:   2023-05-01 to 2023-05-07 by order_date
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

sales = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "order_id INT, order_date DATE, customer STRING, region STRING, "
        "product STRING, category STRING, quantity INT, unit_price DOUBLE, "
        "discount DOUBLE, status STRING"
    )
    .csv("data/sales.csv")
)

result = sales.filter(
    (F.col("order_date") >= "2023-05-01") & (F.col("order_date") < "2023-05-08")
)

result.write.mode("overwrite").parquet("output/sales-between-dates")
