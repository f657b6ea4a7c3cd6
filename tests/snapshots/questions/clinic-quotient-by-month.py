"""Ratio by month

Question:  ratio of visits to invoices by month in 2024
Assumes:   month from visited_on; 2024 by visited_on; month from issued_on; 2024 by issued_on;
           visits and invoices are grouped by themselves first, so no row counts twice
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

visits_monthly = (
    visits.filter(
        (F.col("visited_on") >= "2024-01-01") & (F.col("visited_on") < "2025-01-01")
    )
    .groupBy(F.trunc("visited_on", "month").alias("month"))
    .agg(F.count("*").alias("visits"))
)

invoices_monthly = (
    invoices.filter(
        (F.col("issued_on") >= "2024-01-01") & (F.col("issued_on") < "2025-01-01")
    )
    .groupBy(F.trunc("issued_on", "month").alias("month"))
    .agg(F.count("*").alias("invoices"))
)

joined = (
    visits_monthly.unionByName(invoices_monthly, allowMissingColumns=True)
    .groupBy("month")
    .agg(
        F.coalesce(F.max("visits"), F.lit(0)).alias("visits"),
        F.coalesce(F.max("invoices"), F.lit(0)).alias("invoices"),
    )
)

result = (
    joined.withColumn("ratio", F.col("visits") / F.nullif("invoices", F.lit(0)))
    .orderBy("month")
)

result.write.mode("overwrite").parquet("output/clinic-quotient-by-month")
