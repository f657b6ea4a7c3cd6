"""Different city

Question:  all distinct cities in alphabetical order
"""
from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

# Converted from contacts.xlsx: Spark does not read an Excel workbook as it stands.
contacts = spark.read.parquet("data/contacts.parquet")

result = (
    contacts.select("City")
    .distinct()
    .orderBy("City")
)

result.write.mode("overwrite").parquet("output/contacts-alphabetical")
