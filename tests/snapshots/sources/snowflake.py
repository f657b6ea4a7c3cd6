"""Rows by region

Question:  how many rows are there by region
"""
from job_credentials import credentials
from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.appName("session")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.jars.packages", "net.snowflake:snowflake-jdbc:3.27.1")
    .getOrCreate()
)

payments = (
    spark.read.format("jdbc")
    .option("url", "jdbc:snowflake://acme-shop.snowflakecomputing.com/?db=FINANCE&warehouse=SMALL")
    .option("dbtable", "FINANCE.PUBLIC.PAYMENTS")
    .options(**credentials("warehouse"))
    .option("driver", "net.snowflake.client.jdbc.SnowflakeDriver")
    .load()
)

result = payments.groupBy(payments.region).count()

result.write.mode("overwrite").parquet("s3://results/1")
