"""Company

Question:  show all data
"""
from pyspark.sql import SparkSession

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

result = company

result.write.mode("overwrite").parquet("output/company-all")
