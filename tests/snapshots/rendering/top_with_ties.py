by_quantity = Window.orderBy(F.desc("quantity"))

result = (
    orders.withColumn("rank", F.rank().over(by_quantity))
    .filter(F.col("rank") <= 2)
    .orderBy(F.desc("quantity"))
    .select("id", "quantity")
)
