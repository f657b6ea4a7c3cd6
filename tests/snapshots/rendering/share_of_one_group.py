n = orders.filter(F.col("region") == "North").agg(F.sum("amount").alias("n"))
overall_n = orders.agg(F.sum("amount").alias("n")).withColumnRenamed("n", "overall_n")

result = (
    orders.limit(1)
    .crossJoin(n)
    .crossJoin(overall_n)
    .select(
        (F.col("n").cast("double") / F.nullif("overall_n", F.lit(0))).alias("share")
    )
)
