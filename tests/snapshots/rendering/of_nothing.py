result = empty.agg(
    F.count("*").alias("rows"), F.sum("n").alias("total"), F.median("n").alias("middle")
)
