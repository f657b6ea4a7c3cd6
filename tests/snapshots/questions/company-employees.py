"""Total employees

Question:  How many employees does the company have?
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

result = company.agg(F.sum("employees").alias("total_employees"))

result.write.mode("overwrite").parquet("output/company-employees")
