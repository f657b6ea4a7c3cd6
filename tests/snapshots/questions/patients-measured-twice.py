"""Lowest age and average age

Question:  What are the lowest and the average age at which patients of that age were admitted?
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

patients = spark.read.parquet("data/patients.parquet")

result = patients.agg(F.min("age").alias("min_age"), F.avg("age").alias("avg_age"))

result.write.mode("overwrite").parquet("output/patients-measured-twice")
