result = (
    orders.filter((F.col("region") == "West") | F.col("region").isNull())
    .select("id")
)
