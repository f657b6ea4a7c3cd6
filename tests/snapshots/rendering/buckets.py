result = orders.select(
    F.trunc("time", "year").alias("year"),
    F.trunc("time", "quarter").alias("quarter"),
    F.trunc("time", "month").alias("month"),
    F.trunc("time", "week").alias("week"),
    F.to_date("time").alias("day"),
    F.date_trunc("hour", "time").alias("hour"),
    F.date_trunc("minute", "time").alias("minute"),
)
