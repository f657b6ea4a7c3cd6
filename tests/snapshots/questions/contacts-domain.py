"""Number of contacts where email ends with "example.org"

Question:  How many email addresses end with example.org?
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
    contacts.filter(F.lower("Email").endswith("example.org"))
    .agg(F.count("*").alias("count"))
)

result.write.mode("overwrite").parquet("output/contacts-domain")
