by_region = orders.groupBy("region").agg(F.sum("amount").alias("total"))
average = by_region.agg(F.avg(F.col("total").cast("double")).alias("average"))

result = (
    by_region.crossJoin(average)
    .filter(F.col("total") > F.col("average"))
    .drop("average")
)
