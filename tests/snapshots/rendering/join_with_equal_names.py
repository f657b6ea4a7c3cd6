result = (
    orders.alias("orders")
    .join(customers.alias("customers"), F.col("customer_id") == F.col("customers.id"))
    .groupBy("customers.region")
    .agg(F.sum("amount").alias("total"))
    .orderBy(F.desc("total"))
)
