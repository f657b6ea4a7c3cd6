"""Patient town with the highest total price per visit (filtered)

Question:  which town has the highest total price per visit
Assumes:   invoices.patient_id matches patients.patient_id (100 % of its values);
           visits.patient_id matches patients.patient_id (100 % of its values; rows without a
           match stay, with nothing of patients); invoices and visits are grouped by themselves
           first, so no row counts twice
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

invoices_by_patient_town = (
    invoices.join(patients, "patient_id")
    .groupBy(F.col("town").alias("patient_town"))
    .agg(F.sum("price").alias("total_price"))
)

visits_by_patient_town = (
    visits.join(patients, "patient_id", "left")
    .groupBy(F.col("town").alias("patient_town"))
    .agg(F.count("*").alias("visits"))
)

joined = (
    invoices_by_patient_town.unionByName(
        visits_by_patient_town, allowMissingColumns=True
    )
    .groupBy("patient_town")
    .agg(
        F.max("total_price").alias("total_price"),
        F.coalesce(F.max("visits"), F.lit(0)).alias("visits"),
    )
)

result = (
    joined.withColumn(
        "total_price_per_visit", F.col("total_price") / F.nullif("visits", F.lit(0))
    )
    .filter(F.col("patient_town").isNotNull())
    .orderBy(F.desc("total_price_per_visit"), F.asc_nulls_last("patient_town"))
    .limit(1)
)

result.write.mode("overwrite").parquet("output/clinic-quotient-highest")
