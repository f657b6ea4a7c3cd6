"""Average away goals by team name

Question:  average away goals by away team
Assumes:   matches.away_team_id matches teams.team_id (100 % of its values)
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
    matches.join(teams, F.col("away_team_id") == F.col("team_id"))
    .groupBy(F.col("team_name").alias("away_team_name"))
    .agg(F.avg("away_goals").alias("avg_away_goals"))
    .orderBy(F.desc("avg_away_goals"), "away_team_name")
)

result.write.mode("overwrite").parquet("output/league-away")
