"""Full name and email of contacts where city is "Lisbon"

Question:  Give me name and email of the contacts in Lisbon
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

result = contacts.filter(F.col("City") == "Lisbon").select("Full Name", "Email")

result.write.mode("overwrite").parquet("output/contacts-lisbon")
