overall = orders.agg(
    F.percentile("price", 0.25).alias("quartile"),
    F.percentile("price", 0.75).alias("quartile_2"),
)

result = (
    orders.crossJoin(overall)
    .filter(
        (
            F.col("price")
            < F.col("quartile") - 1.5 * (F.col("quartile_2") - F.col("quartile"))
        )
        | (
            F.col("price")
            > F.col("quartile_2") + 1.5 * (F.col("quartile_2") - F.col("quartile"))
        )
    )
    .drop("quartile", "quartile_2")
)
