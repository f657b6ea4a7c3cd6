monthly = (
    orders.groupBy(F.trunc("day", "month").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("price")).alias("revenue"))
)

by_month = Window.orderBy(F.asc_nulls_last("month"))

result = (
    monthly.withColumn("before", F.lag("revenue").over(by_month))
    .withColumn(
        "growth", (F.col("revenue") - F.col("before")) / F.nullif("before", F.lit(0))
    )
    .withColumn("next", F.lead("revenue", 2).over(by_month))
    .orderBy(F.asc_nulls_last("month"))
)
