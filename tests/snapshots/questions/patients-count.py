"""Number of patients

Question:  How many patients are there?
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

patients = spark.read.parquet("data/patients.parquet")

result = patients.agg(F.count("*").alias("count"))

result.write.mode("overwrite").parquet("output/patients-count")
