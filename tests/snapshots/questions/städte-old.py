"""Stadt of stadte where gründungsjahr is less than 1000

Question:  Stadt with Gründungsjahr before 1000
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

result = stadte.filter(F.col("Gründungsjahr") < 1000).select("Stadt")

result.write.mode("overwrite").parquet("output/städte-old")
