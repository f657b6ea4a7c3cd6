result = (
    orders.alias("orders")
    .join(customers.alias("customers"), F.col("customer_id") == F.col("customers.id"))
    .join(
        returns.select(F.col("id").alias("id_key")),
        F.col("orders.id") == F.col("id_key"),
        "left_semi",
    )
    .select("name", "orders.id")
)
