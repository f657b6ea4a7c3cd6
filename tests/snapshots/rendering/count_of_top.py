by_price = Window.partitionBy("region").orderBy(F.desc("price"))

result = (
    orders.withColumn("rank", F.row_number().over(by_price))
    .filter(F.col("rank") <= 1)
    .agg(F.count("*").alias("n"), F.sum("price").alias("best"))
)
