"""Number of visits, number of invoices and number of patients by patient town

Question:  number of visits, invoices and patients by town
Assumes:   visits.patient_id matches patients.patient_id (100 % of its values; rows without a
           match stay, with nothing of patients); invoices.patient_id matches
           patients.patient_id (100 % of its values); visits, invoices and patients are grouped
           by themselves first, so no row counts twice
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

invoices = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("invoice_id INT, patient_id INT, issued_on DATE, price DOUBLE")
    .csv("data/clinic/invoices.csv")
)

visits_by_patient_town = (
    visits.join(patients, "patient_id", "left")
    .groupBy(F.col("town").alias("patient_town"))
    .agg(F.count("*").alias("visits"))
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

result = (
    visits_by_patient_town.unionByName(
        invoices_by_patient_town, allowMissingColumns=True
    )
    .unionByName(patients_by_patient_town, allowMissingColumns=True)
    .groupBy("patient_town")
    .agg(
        F.coalesce(F.max("visits"), F.lit(0)).alias("visits"),
        F.coalesce(F.max("invoices"), F.lit(0)).alias("invoices"),
        F.coalesce(F.max("patients"), F.lit(0)).alias("patients"),
    )
    .orderBy(F.desc("visits"), F.asc_nulls_last("patient_town"))
)

result.write.mode("overwrite").parquet("output/clinic-three-by-town")
