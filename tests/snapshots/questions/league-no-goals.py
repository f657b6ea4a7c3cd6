"""Matches where home goals + away goals is 0

Question:  matches with no goals
Assumes:   goals = home_goals + away_goals
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

result = matches.filter(F.col("home_goals") + F.col("away_goals") == 0)

result.write.mode("overwrite").parquet("output/league-no-goals")
