"""Total bevölkerung by land

Question:  total Bevölkerung per Land
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
    .agg(F.sum("Bevölkerung").alias("total_Bevölkerung"))
    .orderBy(F.desc("total_Bevölkerung"), "Land")
)

result.write.mode("overwrite").parquet("output/städte-bevoelkerung")
