"""Stadt of stadte where fläche km² is less than 100

Question:  Stadt with Fläche below 100
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

result = stadte.filter(F.col("Fläche_km²") < 100).select("Stadt")

result.write.mode("overwrite").parquet("output/städte-flaeche")
