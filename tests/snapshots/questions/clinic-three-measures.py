"""Total price, total minutes and number of patients

Question:  total price, total minutes and number of patients
Assumes:   invoices, visits and patients are measured by themselves
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

invoices_totals = invoices.agg(F.sum("price").alias("total_price"))
visits_totals = visits.agg(F.sum("minutes").alias("total_minutes"))
patients_totals = patients.agg(F.count("*").alias("patients"))

result = (
    invoices_totals.unionByName(visits_totals, allowMissingColumns=True)
    .unionByName(patients_totals, allowMissingColumns=True)
    .agg(
        F.max("total_price").alias("total_price"),
        F.max("total_minutes").alias("total_minutes"),
        F.coalesce(F.max("patients"), F.lit(0)).alias("patients"),
    )
)

result.write.mode("overwrite").parquet("output/clinic-three-measures")
