"""Share of total amount by category

Question:  share of amount per category
Assumes:   Amount summed up
"""
from pyspark.sql import SparkSession, Window, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

expenses = (
    spark.read.option("header", "true")
    .option("sep", ";")
    .option("encoding", "windows-1252")
    .option("mode", "FAILFAST")
    .schema(
        "No INT, Date STRING, Employee STRING, Category STRING, Amount STRING, "
        "`VAT rate` STRING, Paid STRING"
    )
    .csv("data/expenses.csv")
    .replace(["-"], None, ["Category"])
    .replace(["N/A"], None, ["Amount", "VAT rate"])
    .withColumns(
        {
            "Date": F.to_date("Date", "d/M/yyyy"),
            "Amount": (
                F.translate(F.regexp_replace("Amount", r"\.(\d{3})", "$1"), ",€ ", ".").cast("double")
            ),
            "VAT rate": F.translate("VAT rate", ",", ".").cast("double"),
            "Paid": F.col("Paid").cast("boolean"),
        }
    )
)

by_category = expenses.groupBy("Category").agg(F.sum("Amount").alias("total_Amount"))

result = (
    by_category.withColumn(
        "total_Amount_percent",
        100.0
        * (
            F.col("total_Amount")
            / F.nullif(F.sum("total_Amount").over(Window.partitionBy()), F.lit(0))
        ),
    )
    .orderBy(F.desc("total_Amount"), F.asc_nulls_last("Category"))
)

result.write.mode("overwrite").parquet("output/expenses-travel-share")
