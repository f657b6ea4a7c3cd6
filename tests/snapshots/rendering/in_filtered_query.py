selected_orders = (
    orders.filter(F.col("quantity") > 1)
    .filter(F.lower("product").contains("tea"))
    .select(F.col("customer_id").alias("id"))
)

result = customers.join(selected_orders, "id", "left_semi")
