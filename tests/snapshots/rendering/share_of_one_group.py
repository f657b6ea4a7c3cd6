n = orders.filter(F.col("region") == "North").agg(F.sum("amount").alias("n"))

result = (
    orders.limit(1)
    .crossJoin(n)
    .crossJoin(orders.agg(F.sum("amount").alias("n_2")))
    .select((F.col("n").cast("double") / F.nullif("n_2", F.lit(0))).alias("share"))
)
