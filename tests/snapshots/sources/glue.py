"""Rows by region

Question:  how many rows are there by region
"""
from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.appName("session")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .config("hive.metastore.client.factory.class", "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory")
    .enableHiveSupport()
    .getOrCreate()
)

sales = spark.table("`shop-lake`.sales")

result = sales.groupBy(sales.region).count()

result.write.mode("overwrite").parquet("s3://results/1")
