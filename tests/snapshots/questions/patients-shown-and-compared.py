"""Ward, diagnosis and age of patients where age is more than 85

Question:  List ward, diagnosis, and age for all patients with an age above 85
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

patients = spark.read.parquet("data/patients.parquet")

result = patients.filter(F.col("age") > 85).select("ward", "diagnosis", "age")

result.write.mode("overwrite").parquet("output/patients-shown-and-compared")
