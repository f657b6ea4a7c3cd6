"""Top 5 patients by age

Question:  ids of the 5 oldest patients
Assumes:   oldest: by age
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
    patients.orderBy(F.desc("age"), "patient_id")
    .limit(5)
    .select("patient_id")
)

result.write.mode("overwrite").parquet("output/patients-oldest")
