"""Bottom 2 patient towns by visits per patient where patient town is not missing

Question:  bottom 2 towns by number of visits per patient
Assumes:   visits.patient_id matches patients.patient_id (100 % of its values; rows without a
           match stay, with nothing of patients); visits and patients are grouped by themselves
           first, so no row counts twice
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

visits_by_patient_town = (
    visits.join(patients, "patient_id", "left")
    .groupBy(F.col("town").alias("patient_town"))
    .agg(F.count("*").alias("visits"))
)

patients_by_patient_town = (
    patients.groupBy(F.col("town").alias("patient_town"))
    .agg(F.count("*").alias("patients"))
)

joined = (
    visits_by_patient_town.unionByName(
        patients_by_patient_town, allowMissingColumns=True
    )
    .groupBy("patient_town")
    .agg(
        F.coalesce(F.max("visits"), F.lit(0)).alias("visits"),
        F.coalesce(F.max("patients"), F.lit(0)).alias("patients"),
    )
)

result = (
    joined.withColumn(
        "visits_per_patient", F.col("visits") / F.nullif("patients", F.lit(0))
    )
    .filter(F.col("patient_town").isNotNull())
    .orderBy(F.asc_nulls_last("visits_per_patient"), F.asc_nulls_last("patient_town"))
    .limit(2)
)

result.write.mode("overwrite").parquet("output/clinic-quotient-lowest")
