"""Number of patients where severity is "severe" and ward is "ICU"

Question:  severe cases in the ICU: count
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

patients = spark.read.parquet("data/patients.parquet")

result = (
    patients.filter(F.col("severity") == "severe")
    .filter(F.col("ward") == "ICU")
    .agg(F.count("*").alias("count"))
)

result.write.mode("overwrite").parquet("output/patients-severe-icu")
