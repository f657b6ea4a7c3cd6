result = orders.agg(
    F.sum_distinct("quantity").alias("total"),
    (
        F.sum_distinct("quantity") / F.nullif(F.count_distinct("quantity"), F.lit(0))
    ).alias("mean"),
    F.count_distinct("region", "product").alias("pairs"),
    F.sort_array(F.collect_set("region")).alias("regions"),
    F.first(F.when(F.col("id") == 1, F.col("price")), ignorenulls=True).alias("some"),
    F.mode("region").alias("common"),
)
