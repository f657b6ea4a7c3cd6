result = (
    orders.groupBy("region")
    .agg(
        (
            F.sum("amount").cast("double") / F.nullif(F.sum("quantity"), F.lit(0))
        ).alias("price")
    )
)
