result = (
    orders.alias("orders")
    .join(customers.alias("customers"), F.col("customer_id") == F.col("customers.id"))
    .join(returns.alias("returns"), F.col("orders.id") == F.col("returns.id"))
    .groupBy("name", "reason")
    .agg(F.count("*").alias("n"))
    .orderBy("name")
)
