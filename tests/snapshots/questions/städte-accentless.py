"""Average bevölkerung where land is "Polska"

Question:  average Bevolkerung in Polska
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

result = (
    stadte.filter(F.col("Land") == "Polska")
    .agg(F.avg("Bevölkerung").alias("avg_Bevölkerung"))
)

result.write.mode("overwrite").parquet("output/städte-accentless")
