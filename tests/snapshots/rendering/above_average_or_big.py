result = (
    orders.crossJoin(orders.agg(F.avg("price").alias("average_price")))
    .filter((F.col("price") > F.col("average_price")) | (F.col("quantity") >= 5))
    .select("id")
)
