result = (
    orders.groupBy(
        ((F.dayofweek("day") + 5) % 7 + 1).alias("weekday_number"),
        F.date_format("day", "EEEE").alias("weekday"),
    )
    .agg(F.count("*").alias("n"))
    .orderBy(F.asc_nulls_last("weekday_number"))
    .drop("weekday_number")
)
