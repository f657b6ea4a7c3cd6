"""Total revenue by manager

Question:  total revenue by manager
Assumes:   sales.year matches goals.year and sales.shop matches goals.store (100 % of its
           combinations)
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
    .groupBy(F.col("manager").alias("goal_manager"))
    .agg(F.sum("revenue").alias("total_revenue"))
    .orderBy(F.desc("total_revenue"), "goal_manager")
)

result.write.mode("overwrite").parquet("output/budget-by-manager")
