result = (
    orders.withColumn("overall", F.max("price").over(Window.partitionBy("region")))
    .filter(F.col("price") == F.col("overall"))
    .select("id")
)
