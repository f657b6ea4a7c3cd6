by_id = Window.partitionBy("region").orderBy("id")

result = (
    orders.select("region", "id", "price")
    .withColumn("change", F.col("price") - F.lag("price").over(by_id))
    .orderBy("id")
)
