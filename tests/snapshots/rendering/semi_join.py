result = (
    customers.alias("customers")
    .join(
        orders.alias("orders"),
        F.col("customers.id") == F.col("customer_id"),
        "left_semi",
    )
)
