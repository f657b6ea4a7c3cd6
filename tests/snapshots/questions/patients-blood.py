"""Number of patients where blood type is "AB" or "B"

Question:  How many patients have blood type AB or B?
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
    patients.filter(F.col("blood_type").isin("AB", "B"))
    .agg(F.count("*").alias("count"))
)

result.write.mode("overwrite").parquet("output/patients-blood")
