"""Average age where diagnosis is "asthma"

Question:  average age of patients with asthma
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
    patients.filter(F.col("diagnosis") == "asthma")
    .agg(F.avg("age").alias("avg_age"))
)

result.write.mode("overwrite").parquet("output/patients-avg-age")
