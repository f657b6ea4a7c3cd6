"""Minutes per visit by patient town

Question:  average minutes per visit by town
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

by_patient_town = (
    visits.join(patients, "patient_id", "left")
    .groupBy(F.col("town").alias("patient_town"))
    .agg(F.sum("minutes").alias("total_minutes"), F.count("*").alias("visits"))
)

result = (
    by_patient_town.withColumn(
        "minutes_per_visit", F.col("total_minutes") / F.nullif("visits", F.lit(0))
    )
    .orderBy(F.desc("minutes_per_visit"), F.asc_nulls_last("patient_town"))
)

result.write.mode("overwrite").parquet("output/clinic-quotient-of-an-average")
