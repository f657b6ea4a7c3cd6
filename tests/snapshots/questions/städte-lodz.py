"""Stadte where stadt is "Łódź"

Question:  Show everything about Łódź
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

stadte = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "Stadt STRING, Land STRING, `Bevölkerung` BIGINT, `Fläche_km²` DOUBLE, "
        "`Gründungsjahr` INT"
    )
    .csv("data/städte.csv")
)

result = stadte.filter(F.col("Stadt") == "Łódź")

result.write.mode("overwrite").parquet("output/städte-lodz")
