"""Number of visits and total price by patient id and patient name

Question:  number of visits and total price per patient
Assumes:   visits.patient_id matches patients.patient_id (100 % of its values; rows without a
           match stay, with nothing of patients); invoices.patient_id matches
           patients.patient_id (100 % of its values); visits and invoices are grouped by
           themselves first, so no row counts twice
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

visits_by_patient_id = (
    visits.join(patients, "patient_id", "left")
    .groupBy("patient_id", "patient_name")
    .agg(F.count("*").alias("visits"))
)

invoices_by_patient_id = (
    invoices.join(patients, "patient_id")
    .groupBy("patient_id", "patient_name")
    .agg(F.sum("price").alias("total_price"))
)

result = (
    visits_by_patient_id.unionByName(invoices_by_patient_id, allowMissingColumns=True)
    .groupBy("patient_id", "patient_name")
    .agg(
        F.coalesce(F.max("visits"), F.lit(0)).alias("visits"),
        F.max("total_price").alias("total_price"),
    )
    .orderBy(F.asc_nulls_last("patient_id"), "patient_name")
)

result.write.mode("overwrite").parquet("output/clinic-two-namesakes")
