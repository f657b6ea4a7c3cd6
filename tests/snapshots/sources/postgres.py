"""Rows by region

Question:  how many rows are there by region
"""
from job_credentials import credentials
from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.appName("session")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.jars.packages", "org.postgresql:postgresql:42.7.8")
    .getOrCreate()
)

invoices = (
    spark.read.format("jdbc")
    .option("url", "jdbc:postgresql://db.example:5432/shop?sslmode=verify-full")
    .option("dbtable", 'public."Invoices"')
    .options(**credentials("shop-db"))
    .option("driver", "org.postgresql.Driver")
    .option("partitionColumn", "order_id")
    .option("lowerBound", "1")
    .option("upperBound", "5000000")
    .option("numPartitions", "8")
    .load()
)

result = invoices.groupBy(invoices.region).count()

result.write.mode("overwrite").parquet("s3://results/1")
