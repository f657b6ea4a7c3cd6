"""Patients where age is less than 18 and diagnosis is "fracture"

Question:  patients under 18 with a fracture
Assumes:   < 18 speaks of age
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

patients = spark.read.parquet("data/patients.parquet")

result = patients.filter(F.col("age") < 18).filter(F.col("diagnosis") == "fracture")

result.write.mode("overwrite").parquet("output/patients-minors")
