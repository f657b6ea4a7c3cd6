result = (
    customers.join(orders.select(F.col("customer_id").alias("id")), "id", "left_anti")
    .select("name")
)
