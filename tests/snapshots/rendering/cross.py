result = (
    customers.alias("customers")
    .crossJoin(returns.alias("returns"))
    .agg(F.count("*").alias("n"))
)
