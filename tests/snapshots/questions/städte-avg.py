"""Average fläche km² by land

Question:  average Fläche by Land
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
    stadte.groupBy("Land")
    .agg(F.avg("Fläche_km²").alias("avg_Fläche_km²"))
    .orderBy(F.desc("avg_Fläche_km²"), "Land")
)

result.write.mode("overwrite").parquet("output/städte-avg")
