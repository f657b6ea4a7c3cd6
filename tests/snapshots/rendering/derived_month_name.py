result = (
    orders.filter(F.col("day").isNotNull())
    .withColumn("name", F.date_format("day", "MMMM"))
    .orderBy(F.asc_nulls_last(F.month("day")), "id")
    .select("id", "name")
)
