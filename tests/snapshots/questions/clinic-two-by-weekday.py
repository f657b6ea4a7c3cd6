"""Number of visits and number of invoices by weekday

Question:  number of visits and number of invoices by weekday
Assumes:   weekday name from visited_on; weekday name from issued_on; visits and invoices are
           grouped by themselves first, so no row counts twice
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

visits_by_weekday = (
    visits.groupBy(
        ((F.dayofweek("visited_on") + 5) % 7 + 1).alias("weekday_number"),
        F.date_format("visited_on", "EEEE").alias("weekday"),
    )
    .agg(F.count("*").alias("visits"))
)

invoices_by_weekday = (
    invoices.groupBy(
        ((F.dayofweek("issued_on") + 5) % 7 + 1).alias("weekday_number"),
        F.date_format("issued_on", "EEEE").alias("weekday"),
    )
    .agg(F.count("*").alias("invoices"))
)

result = (
    visits_by_weekday.unionByName(invoices_by_weekday, allowMissingColumns=True)
    .groupBy("weekday_number", "weekday")
    .agg(
        F.coalesce(F.max("visits"), F.lit(0)).alias("visits"),
        F.coalesce(F.max("invoices"), F.lit(0)).alias("invoices"),
    )
    .orderBy("weekday_number")
    .drop("weekday_number")
)

result.write.mode("overwrite").parquet("output/clinic-two-by-weekday")
