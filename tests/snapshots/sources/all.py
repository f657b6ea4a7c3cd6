"""Rows by region

Question:  how many rows are there by region
"""
from job_credentials import credentials
from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.appName("session")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.jars.packages", "org.postgresql:postgresql:42.7.8,net.snowflake:snowflake-jdbc:3.27.1")
    .config("hive.metastore.client.factory.class", "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory")
    .enableHiveSupport()
    .getOrCreate()
)

orders = (
    spark.read.option("header", "true")
    .option("sep", ";")
    .option("escape", '"')
    .option("mode", "FAILFAST")
    .schema("order_id BIGINT, region STRING, amount DECIMAL(12,2)")
    .csv("s3://shop-data/orders/*.csv")
)

sales = spark.table("`shop-lake`.sales")

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

payments = (
    spark.read.format("jdbc")
    .option("url", "jdbc:snowflake://acme-shop.snowflakecomputing.com/?db=FINANCE&warehouse=SMALL")
    .option("dbtable", "FINANCE.PUBLIC.PAYMENTS")
    .options(**credentials("warehouse"))
    .option("driver", "net.snowflake.client.jdbc.SnowflakeDriver")
    .load()
)

result = orders.join(sales, "order_id").join(invoices, "order_id").join(payments, "order_id").groupBy(orders.region).count()

result.write.mode("overwrite").parquet("s3://results/1")
