"""Number of rows

Question:  count the rows
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

company = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "name STRING, founded INT, headquarters STRING, employees INT, "
        "annual_revenue DOUBLE, ceo STRING"
    )
    .csv("data/company.csv")
)

result = company.agg(F.count("*").alias("count"))

result.write.mode("overwrite").parquet("output/company-rows")
