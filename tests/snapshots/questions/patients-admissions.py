"""Number of patients by month in 2024

Question:  admissions per month in 2024
Assumes:   month from admission_date; 2024 by admission_date
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
    patients.filter(
        (F.col("admission_date") >= "2024-01-01")
        & (F.col("admission_date") < "2025-01-01")
    )
    .groupBy(F.trunc("admission_date", "month").alias("month"))
    .count()
    .orderBy("month")
)

result.write.mode("overwrite").parquet("output/patients-admissions")
