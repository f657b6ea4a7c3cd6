"""Patients where age is more than 65 and ward is "ICU"

Question:  patients over 65 in the ICU
Assumes:   > 65 speaks of age
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

patients = spark.read.parquet("data/patients.parquet")

result = patients.filter(F.col("age") > 65).filter(F.col("ward") == "ICU")

result.write.mode("overwrite").parquet("output/patients-over-age")
