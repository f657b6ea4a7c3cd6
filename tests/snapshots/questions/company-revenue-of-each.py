"""Total annual revenue by name

Question:  What is the total annual revenue of each company?
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

result = (
    company.groupBy("name")
    .agg(F.sum("annual_revenue").alias("total_annual_revenue"))
    .orderBy(F.desc("total_annual_revenue"), "name")
)

result.write.mode("overwrite").parquet("output/company-revenue-of-each")
