result = (
    orders.groupBy("region")
    .agg(
        F.count_if(F.col("paid")).alias("paid"),
        F.sum(F.when(F.col("paid"), F.col("amount"))).alias("paid_amount"),
        F.avg(F.when(F.col("paid"), F.col("amount").cast("double"))).alias("paid_mean"),
        F.avg(F.col("paid").cast("int")).alias("share"),
        F.count_distinct(
            F.when(F.col("paid"), F.col("product"))
        ).alias("paid_products"),
    )
)
