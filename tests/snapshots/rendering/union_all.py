result = (
    orders.filter(F.col("quantity") > 1)
    .select("region")
    .union(customers.select("region"))
)
