result = (
    orders.groupBy("product")
    .pivot("region", ["North", "South"])
    .agg(F.sum("amount"))
    .orderBy(F.asc_nulls_last("product"))
)
