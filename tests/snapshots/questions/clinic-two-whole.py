"""Number of visits and number of invoices

Question:  how many visits and how many invoices
Assumes:   visits and invoices are measured by themselves
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
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

visits_totals = visits.agg(F.count("*").alias("visits"))
invoices_totals = invoices.agg(F.count("*").alias("invoices"))

result = (
    visits_totals.unionByName(invoices_totals, allowMissingColumns=True)
    .agg(
        F.coalesce(F.max("visits"), F.lit(0)).alias("visits"),
        F.coalesce(F.max("invoices"), F.lit(0)).alias("invoices"),
    )
)

result.write.mode("overwrite").parquet("output/clinic-two-whole")
