result = (
    orders.groupBy(F.trunc("day", "month").alias("day"))
    .agg(F.count("*").alias("n"))
)
