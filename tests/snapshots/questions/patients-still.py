"""Patients where discharge date is missing

Question:  Which patients have not been discharged?
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

patients = spark.read.parquet("data/patients.parquet")

result = patients.filter(F.col("discharge_date").isNull())

result.write.mode("overwrite").parquet("output/patients-still")
