"""Total goal by article

Question:  total goal by article
Assumes:   each row of goals counts once in a group; sales.year matches goals.year and
           sales.shop matches goals.store (100 % of its combinations)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

sales = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("year INT, shop STRING, article STRING, revenue INT")
    .csv("data/budget/sales.csv")
)

goals = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("year INT, store STRING, manager STRING, goal INT")
    .csv("data/budget/goals.csv")
)

result = (
    sales.alias("sales")
    .join(
        goals.alias("goals"),
        (F.col("sales.year") == F.col("goals.year"))
        & (F.col("shop") == F.col("store")),
    )
    .select("article", "sales.year", "shop", "goal")
    .distinct()
    .groupBy("article")
    .agg(F.sum("goal").alias("total_goal"))
    .orderBy(F.desc("total_goal"), "article")
)

result.write.mode("overwrite").parquet("output/budget-goals-once")
