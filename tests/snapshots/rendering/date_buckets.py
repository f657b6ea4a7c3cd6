result = orders.select(
    F.trunc("day", "year").alias("year"),
    F.trunc("day", "quarter").alias("quarter"),
    F.trunc("day", "month").alias("month"),
    F.trunc("day", "week").alias("week"),
    F.col("day").alias("day"),
)
