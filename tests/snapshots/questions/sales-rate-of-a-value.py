"""Count percent by region

Question:  cancellation rate by region
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

result = (
    sales.groupBy("region")
    .agg(
        (
            100.0 * F.count_if(F.col("status") == "cancelled")
            / F.nullif(F.count("*"), F.lit(0))
        ).alias("count_percent")
    )
    .orderBy(F.desc("count_percent"), "region")
)

result.write.mode("overwrite").parquet("output/sales-rate-of-a-value")
