result = (
    orders.filter(F.col("quantity") > 1)
    .select("region")
    .subtract(customers.select("region"))
)
