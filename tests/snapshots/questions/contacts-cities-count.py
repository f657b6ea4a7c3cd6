"""Number of different values of city by country

Question:  number of distinct cities per country
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
    .agg(F.count_distinct("City").alias("distinct_City"))
    .orderBy(F.desc("distinct_City"), "Country")
)

result.write.mode("overwrite").parquet("output/contacts-cities-count")
