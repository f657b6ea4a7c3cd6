"""Number of rows by patient id of visits, patient name and town

Question:  number of visits per patient by town
Assumes:   visits.patient_id matches patients.patient_id (100 % of its values; rows without a
           match stay, with nothing of patients)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

patients = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("patient_id INT, patient_name STRING, town STRING")
    .csv("data/clinic/patients.csv")
)

visits = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("visit_id INT, patient_id INT, visited_on DATE, minutes INT")
    .csv("data/clinic/visits.csv")
)

result = (
    visits.join(patients, "patient_id", "left")
    .groupBy("patient_id", "patient_name", F.col("town").alias("patient_town"))
    .count()
    .orderBy(
        F.asc_nulls_last("patient_id"), "patient_name", F.asc_nulls_last("patient_town")
    )
)

result.write.mode("overwrite").parquet("output/clinic-quotient-of-named")
