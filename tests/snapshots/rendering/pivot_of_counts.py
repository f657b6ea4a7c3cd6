result = (
    orders.withColumn("year", F.year("day"))
    .groupBy(
        F.month("day").alias("month_number"),
        F.date_format("day", "MMMM").alias("month"),
    )
    .pivot("year", [2023, 2024])
    .agg(F.count("*"))
    .fillna(0, ["2023", "2024"])
    .orderBy(F.asc_nulls_last("month_number"))
    .drop("month_number")
)
