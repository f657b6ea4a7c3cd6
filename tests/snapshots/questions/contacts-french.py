"""Contacts where language is "French" and country is "Ireland" or "Italy"

Question:  French speaking contacts in Ireland or Italy
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
    contacts.filter(F.col("Language") == "French")
    .filter(F.col("Country").isin("Ireland", "Italy"))
)

result.write.mode("overwrite").parquet("output/contacts-french")
