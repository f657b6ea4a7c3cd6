"""Invoices per patient by patient town

Question:  average number of invoices per patient by town
Assumes:   invoices.patient_id matches patients.patient_id (100 % of its values); invoices and
           patients are grouped by themselves first, so no row counts twice
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

invoices = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("invoice_id INT, patient_id INT, issued_on DATE, price DOUBLE")
    .csv("data/clinic/invoices.csv")
)

invoices_by_patient_town = (
    invoices.join(patients, "patient_id")
    .groupBy(F.col("town").alias("patient_town"))
    .agg(F.count("*").alias("invoices"))
)

patients_by_patient_town = (
    patients.groupBy(F.col("town").alias("patient_town"))
    .agg(F.count("*").alias("patients"))
)

joined = (
    invoices_by_patient_town.unionByName(
        patients_by_patient_town, allowMissingColumns=True
    )
    .groupBy("patient_town")
    .agg(
        F.coalesce(F.max("invoices"), F.lit(0)).alias("invoices"),
        F.coalesce(F.max("patients"), F.lit(0)).alias("patients"),
    )
)

result = (
    joined.withColumn(
        "invoices_per_patient", F.col("invoices") / F.nullif("patients", F.lit(0))
    )
    .orderBy(F.desc("invoices_per_patient"), F.asc_nulls_last("patient_town"))
)

result.write.mode("overwrite").parquet("output/clinic-quotient-average")
