"""Number of different values of blood type

Question:  How many types of diagnosis are there?
Assumes:   counting different values of blood_type
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

patients = spark.read.parquet("data/patients.parquet")

result = patients.agg(F.count_distinct("blood_type").alias("distinct_blood_type"))

result.write.mode("overwrite").parquet("output/patients-types-of")
