"""Average weight kg by diagnosis and ward

Question:  average weight by diagnosis and ward
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
    patients.groupBy("diagnosis", "ward")
    .agg(F.avg("weight_kg").alias("avg_weight_kg"))
    .orderBy("diagnosis", "ward")
)

result.write.mode("overwrite").parquet("output/patients-weight")
