"""Total goals

Question:  total goals
Assumes:   goals = home_goals + away_goals; goals summed up
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

matches = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "match_id INT, home_team_id INT, away_team_id INT, played_on DATE, "
        "home_goals INT, away_goals INT"
    )
    .csv("data/league/matches.csv")
)

result = matches.agg(
    F.sum(F.col("home_goals") + F.col("away_goals")).alias("total_goals")
)

result.write.mode("overwrite").parquet("output/league-goals")
