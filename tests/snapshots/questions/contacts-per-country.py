"""Number of contacts by country

Question:  contacts per country
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

# Converted from contacts.xlsx: Spark does not read an Excel workbook as it stands.
contacts = spark.read.parquet("data/contacts.parquet")

result = (
    contacts.groupBy("Country")
    .count()
    .orderBy(F.desc("count"), "Country")
)

result.write.mode("overwrite").parquet("output/contacts-per-country")
