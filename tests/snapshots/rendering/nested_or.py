result = (
    orders.filter((F.col("region") == "North") | (F.col("region") == "West"))
    .filter(~((F.col("quantity") == 5) | (F.col("quantity") == 3)))
    .select("id")
)
