monthly = (
    orders.groupBy(F.trunc("day", "month").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("price")).alias("revenue"))
)

month_before = (
    Window.orderBy(F.year("month") * 12 + F.month("month"))
    .rangeBetween(-1, -1)
)

month_12_before = (
    Window.orderBy(F.year("month") * 12 + F.month("month"))
    .rangeBetween(-12, -12)
)

week_5_before = (
    Window.orderBy(F.datediff("month", F.lit("1970-01-01").cast("date")))
    .rangeBetween(-35, -35)
)

day_31_before = (
    Window.orderBy(F.datediff("month", F.lit("1970-01-01").cast("date")))
    .rangeBetween(-31, -31)
)

hour_744_before = (
    Window.orderBy(F.unix_timestamp("month"))
    .rangeBetween(-2678400, -2678400)
)

last_3_months = (
    Window.orderBy(F.year("month") * 12 + F.month("month"))
    .rangeBetween(-2, Window.currentRow)
)

result = (
    monthly.withColumn(
        "month_before",
        F.when(F.col("month").isNotNull(), F.max("revenue").over(month_before)),
    )
    .withColumn(
        "year_before",
        F.when(F.col("month").isNotNull(), F.max("revenue").over(month_12_before)),
    )
    .withColumn(
        "weeks_before",
        F.when(F.col("month").isNotNull(), F.max("revenue").over(week_5_before)),
    )
    .withColumn(
        "day_before",
        F.when(F.col("month").isNotNull(), F.max("revenue").over(day_31_before)),
    )
    .withColumn(
        "hours_before",
        F.when(F.col("month").isNotNull(), F.max("revenue").over(hour_744_before)),
    )
    .withColumn("smooth", F.avg("revenue").over(last_3_months))
)
