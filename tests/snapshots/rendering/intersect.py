result = (
    orders.filter(F.col("quantity") > 1)
    .select("region")
    .intersect(customers.select("region"))
)
