"""Number of contacts

Question:  How many contacts do we have?
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

result = contacts.agg(F.count("*").alias("count"))

result.write.mode("overwrite").parquet("output/contacts-count")
