result = (
    orders.filter(F.col("region") == "North")
    .crossJoin(orders.agg(F.count("*").alias("all_orders")))
    .agg((F.count("*") / F.nullif(F.max("all_orders"), F.lit(0))).alias("share"))
)
