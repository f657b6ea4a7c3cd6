result = (
    orders.filter(
        ((F.col("quantity") > 2) & (F.col("region") == "North")) | (F.col("price") > 5)
    )
    .select("id")
)
