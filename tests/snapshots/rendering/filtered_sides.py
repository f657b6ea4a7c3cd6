result = (
    orders.alias("orders")
    .filter(F.col("quantity") > 1)
    .join(
        customers.alias("customers").filter(F.col("region") == "South"),
        F.col("customer_id") == F.col("customers.id"),
    )
    .select("orders.id", "name")
)
