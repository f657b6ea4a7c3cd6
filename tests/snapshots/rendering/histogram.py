result = (
    orders.groupBy((F.floor(F.col("price") / 2) * 2).alias("from"))
    .agg(F.count("*").alias("n"))
    .orderBy(F.asc_nulls_last("from"))
)
