"""Number of patients by ward

Question:  number of patients in each ward
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
    patients.groupBy("ward")
    .count()
    .orderBy(F.desc("count"), "ward")
)

result.write.mode("overwrite").parquet("output/patients-ward")
