"""Weight kg of patients with the highest weight kg

Question:  weight of the heaviest patient
Assumes:   heaviest: by weight_kg
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
    patients.orderBy(F.desc("weight_kg"), "patient_id")
    .limit(1)
    .select("weight_kg")
)

result.write.mode("overwrite").parquet("output/patients-heaviest")
