result = (
    orders.alias("orders")
    .join(
        customers.alias("customers"),
        F.col("customer_id") == F.col("customers.id"),
        "left",
    )
    .select(
        "orders.id",
        "customer_id",
        "product",
        "orders.region",
        "quantity",
        "price",
        "amount",
        "day",
        "time",
        "paid",
        F.col("customers.id").alias("customers_id"),
        "name",
        F.col("customers.region").alias("customers_region"),
        "boss_id",
    )
)
