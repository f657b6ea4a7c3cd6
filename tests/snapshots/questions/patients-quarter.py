"""Number of patients by quarter

Question:  number of admissions by quarter
Assumes:   quarter from admission_date
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
    patients.groupBy(F.trunc("admission_date", "quarter").alias("quarter"))
    .count()
    .orderBy("quarter")
)

result.write.mode("overwrite").parquet("output/patients-quarter")
