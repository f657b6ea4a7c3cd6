"""Total price and total minutes by month

Question:  total price and total minutes per month
Assumes:   month from issued_on; month from visited_on; invoices and visits are grouped by
           themselves first, so no row counts twice
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

invoices_monthly = (
    invoices.groupBy(F.trunc("issued_on", "month").alias("month"))
    .agg(F.sum("price").alias("total_price"))
)

visits_monthly = (
    visits.groupBy(F.trunc("visited_on", "month").alias("month"))
    .agg(F.sum("minutes").alias("total_minutes"))
)

result = (
    invoices_monthly.unionByName(visits_monthly, allowMissingColumns=True)
    .groupBy("month")
    .agg(
        F.max("total_price").alias("total_price"),
        F.max("total_minutes").alias("total_minutes"),
    )
    .orderBy("month")
)

result.write.mode("overwrite").parquet("output/clinic-two-by-month")
