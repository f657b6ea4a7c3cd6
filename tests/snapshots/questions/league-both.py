"""Played on, home team name and away team name of matches and teams

Question:  played on, home team name and away team name of the matches
Assumes:   matches.home_team_id matches teams.team_id (100 % of its values);
           matches.away_team_id matches teams.team_id (100 % of its values)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

teams = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("team_id INT, team_name STRING, town STRING, founded INT")
    .csv("data/league/teams.csv")
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

result = (
    matches.alias("matches")
    .join(teams.alias("home_team"), F.col("home_team_id") == F.col("team_id"))
    .join(teams.alias("away_team"), F.col("away_team_id") == F.col("away_team.team_id"))
    .select(
        "played_on",
        F.col("home_team.team_name").alias("home_team_name"),
        F.col("away_team.team_name").alias("away_team_name"),
    )
)

result.write.mode("overwrite").parquet("output/league-both")
