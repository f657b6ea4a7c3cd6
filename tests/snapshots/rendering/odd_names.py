result = (
    odd.filter(F.col('`q"uo``te`') > 1)
    .groupBy("with space")
    .agg(
        F.sum("größe").alias("sum of größe"),
        F.max("`a.b`").alias("a.b"),
        F.min("class").alias("class"),
    )
    .orderBy(F.asc_nulls_last("`a.b`"))
)
