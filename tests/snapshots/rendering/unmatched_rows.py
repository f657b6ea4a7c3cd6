result = (
    orders.alias("orders")
    .join(returns.alias("returns"), F.col("orders.id") == F.col("returns.id"), "left")
    .filter(F.col("returns.id").isNull())
    .select("orders.id")
)
