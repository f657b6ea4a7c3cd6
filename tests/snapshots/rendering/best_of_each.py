by_region = orders.groupBy("region", "product").agg(F.sum("quantity").alias("sold"))

by_sold = (
    Window.partitionBy("region")
    .orderBy(F.desc("sold"), F.asc_nulls_last("product"))
)

result = (
    by_region.withColumn("rank", F.row_number().over(by_sold))
    .filter(F.col("rank") <= 1)
    .orderBy(F.asc_nulls_last("region"), F.desc("sold"), F.asc_nulls_last("product"))
    .drop("rank")
)
