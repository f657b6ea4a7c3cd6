result = (
    orders.filter((F.col("day") >= "2023-01-01") & (F.col("day") < "2024-01-01"))
    .select("id")
)
