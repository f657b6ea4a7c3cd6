"""Diagnosis with the highest number of patients where ward is "Ward B"

Question:  What is the most frequent diagnosis in Ward B?
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
    patients.filter(F.col("ward") == "Ward B")
    .groupBy("diagnosis")
    .count()
    .orderBy(F.desc("count"), "diagnosis")
    .limit(1)
)

result.write.mode("overwrite").parquet("output/patients-most-diag")
