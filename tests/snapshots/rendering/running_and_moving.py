monthly = (
    orders.groupBy(F.trunc("day", "month").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("price")).alias("revenue"))
)

running = (
    Window.orderBy(F.asc_nulls_last("month"))
    .rowsBetween(Window.unboundedPreceding, Window.currentRow)
)

last_3 = Window.orderBy(F.asc_nulls_last("month")).rowsBetween(-2, Window.currentRow)
by_revenue = Window.orderBy(F.desc("revenue"))

result = (
    monthly.withColumn("so_far", F.sum("revenue").over(running))
    .withColumn("smooth", F.avg("revenue").over(last_3))
    .withColumn("all_months", F.count("*").over(Window.partitionBy()))
    .withColumn("place", F.dense_rank().over(by_revenue))
    .orderBy(F.asc_nulls_last("month"))
)
