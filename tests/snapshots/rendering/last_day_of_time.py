result = (
    orders.filter((F.col("time") >= "2023-01-31") & (F.col("time") < "2023-02-01"))
    .select("id")
)
