"""Total amount by category

Question:  total amount by category
"""
from pyspark.sql import SparkSession, functions as F

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

result = (
    expenses.groupBy("Category")
    .agg(F.sum("Amount").alias("total_Amount"))
    .orderBy(F.desc("total_Amount"), F.asc_nulls_last("Category"))
)

result.write.mode("overwrite").parquet("output/expenses-by-category")
