result = (
    orders.groupBy(F.trunc("day", "month").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("price")).alias("revenue"))
    .orderBy(F.asc_nulls_last("month"))
)
