result = (
    customers.join(
        orders.select(F.col("customer_id").alias("id"), "region"),
        ["id", "region"],
        "left_semi",
    )
    .select("name")
)
