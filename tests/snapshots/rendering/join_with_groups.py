by_customer_id = orders.groupBy("customer_id").agg(F.count("*").alias("orders"))

result = (
    customers.join(by_customer_id, F.col("id") == F.col("customer_id"), "left")
    .select("name", "orders")
)
