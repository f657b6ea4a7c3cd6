"""Language of contacts where full name contains "Silva"

Question:  Find the language of the contact whose name has the substring "Silva"
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

result = contacts.filter(F.lower("Full Name").contains("silva")).select("Language")

result.write.mode("overwrite").parquet("output/contacts-whose-name")
