result = (
    orders.filter(F.col("day") < "2024-03-01")
    .select(
        "id",
        F.datediff(F.lit("2024-03-01").cast("date"), "day").alias("days"),
        F.floor(
            F.months_between(F.lit("2024-03-01").cast("date"), "day") / 12
        ).alias("years"),
        (
            (
                F.unix_timestamp("time")
                - F.unix_timestamp(F.col("day").cast("timestamp"))
            )
            / 3600
        ).alias("hours"),
        F.to_date("time").alias("date"),
    )
)
