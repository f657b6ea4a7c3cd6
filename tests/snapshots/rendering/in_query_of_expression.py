result = (
    orders.join(
        returns.select(F.col("id").alias("id_key")),
        F.col("id").cast("bigint") - 1 == F.col("id_key"),
        "left_anti",
    )
    .select("id")
)
