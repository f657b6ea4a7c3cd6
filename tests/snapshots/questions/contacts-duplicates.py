"""Number of contacts by full name where copies is more than 1

Question:  Which full names occur more than once?
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
    contacts.groupBy("Full Name")
    .agg(F.count("*").alias("copies"))
    .filter(F.col("copies") > 1)
    .orderBy(F.desc("copies"), "Full Name")
)

result.write.mode("overwrite").parquet("output/contacts-duplicates")
