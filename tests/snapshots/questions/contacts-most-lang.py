"""Language with the highest number of contacts

Question:  Which language is the most common?
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
    contacts.groupBy("Language")
    .count()
    .orderBy(F.desc("count"), "Language")
    .limit(1)
)

result.write.mode("overwrite").parquet("output/contacts-most-lang")
