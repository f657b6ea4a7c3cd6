"""Top 3 rows by bevölkerung

Question:  top 3 Stadt by Bevölkerung
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

result = stadte.orderBy(F.desc("Bevölkerung"), "Stadt").limit(3)

result.write.mode("overwrite").parquet("output/städte-top3")
