"""Total revenue and total goal by year

Question:  total revenue and total goal by year
Assumes:   sales and goals are grouped by themselves first, so no row counts twice
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

sales_by_year = sales.groupBy("year").agg(F.sum("revenue").alias("total_revenue"))
goals_by_year = goals.groupBy("year").agg(F.sum("goal").alias("total_goal"))

result = (
    sales_by_year.unionByName(goals_by_year, allowMissingColumns=True)
    .groupBy("year")
    .agg(
        F.max("total_revenue").alias("total_revenue"),
        F.max("total_goal").alias("total_goal"),
    )
    .orderBy(F.desc("total_revenue"), "year")
)

result.write.mode("overwrite").parquet("output/budget-side-by-side")
