result = (
    orders.groupBy("region")
    .agg(F.sum("amount").alias("total"))
    .orderBy(F.desc("total"), F.asc_nulls_last("region"))
    .limit(2)
)
