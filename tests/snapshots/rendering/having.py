result = (
    orders.groupBy("region")
    .agg(F.sum("amount").alias("total"))
    .filter(F.col("total") > 8)
)
