"""Ratio

Question:  total price divided by number of visits
Assumes:   invoices and visits are measured by themselves
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

invoices_totals = invoices.agg(F.sum("price").alias("total_price"))
visits_totals = visits.agg(F.count("*").alias("visits"))

joined = (
    invoices_totals.unionByName(visits_totals, allowMissingColumns=True)
    .agg(
        F.max("total_price").alias("total_price"),
        F.coalesce(F.max("visits"), F.lit(0)).alias("visits"),
    )
)

result = joined.withColumn("ratio", F.col("total_price") / F.nullif("visits", F.lit(0)))

result.write.mode("overwrite").parquet("output/clinic-quotient-whole")
