"""Player name of players (filtered)

Question:  which players are in Chess (waitlist)
Assumes:   waitlist.player_id matches players.player_id (100 % of its values); waitlist.club_id
           matches clubs.club_id (100 % of its values)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

players = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("player_id INT, player_name STRING, age INT")
    .csv("data/clubs/players.csv")
)

clubs = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("club_id INT, club_name STRING")
    .csv("data/clubs/clubs.csv")
)

waitlist = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("player_id INT, club_id INT")
    .csv("data/clubs/waitlist.csv")
)

selected_waitlist = (
    waitlist.join(clubs, "club_id")
    .filter(F.col("club_name") == "Chess")
    .select("player_id")
)

result = players.join(selected_waitlist, "player_id", "left_semi").select("player_name")

result.write.mode("overwrite").parquet("output/clubs-said-link")
