result = (
    orders.groupBy(
        F.round(
            F.floor((F.col("amount").cast("double") - 0.1) / 0.5) * 0.5 + 0.1, 1
        ).alias("from")
    )
    .agg(F.count("*").alias("n"))
    .orderBy(F.asc_nulls_last("from"))
)
