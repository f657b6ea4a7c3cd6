"""Number of visits and total price by patient town (filtered)

Question:  number of visits and total price by town in 2024
Assumes:   2024 by visited_on; visits.patient_id matches patients.patient_id (100 % of its
           values; rows without a match stay, with nothing of patients); 2024 by issued_on;
           invoices.patient_id matches patients.patient_id (100 % of its values); visits and
           invoices are grouped by themselves first, so no row counts twice
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
    .filter(
        (F.col("visited_on") >= "2024-01-01") & (F.col("visited_on") < "2025-01-01")
    )
    .groupBy(F.col("town").alias("patient_town"))
    .agg(F.count("*").alias("visits"))
)

invoices_by_patient_town = (
    invoices.join(patients, "patient_id")
    .filter((F.col("issued_on") >= "2024-01-01") & (F.col("issued_on") < "2025-01-01"))
    .groupBy(F.col("town").alias("patient_town"))
    .agg(F.sum("price").alias("total_price"))
)

result = (
    visits_by_patient_town.unionByName(
        invoices_by_patient_town, allowMissingColumns=True
    )
    .groupBy("patient_town")
    .agg(
        F.coalesce(F.max("visits"), F.lit(0)).alias("visits"),
        F.max("total_price").alias("total_price"),
    )
    .orderBy(F.desc("visits"), F.asc_nulls_last("patient_town"))
)

result.write.mode("overwrite").parquet("output/clinic-two-in-a-year")
