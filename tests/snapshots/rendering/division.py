result = orders.select(
    (F.col("amount").cast("double") / F.nullif("quantity", F.lit(0))).alias("each"),
    (
        F.col("quantity").cast("double") / F.nullif("amount", F.lit(0))
    ).alias("per_amount"),
    (F.col("amount").cast("double") / F.nullif("amount", F.lit(0))).alias("ratio"),
    (F.col("quantity") / 2).alias("half"),
    (F.col("id") % F.nullif("quantity", F.lit(0))).alias("rest"),
)
