result = big.select(
    (F.col("n").cast("bigint") * F.col("n")).alias("square"),
    (F.col("n").cast("bigint") * 2).alias("double"),
    (F.col("n").cast("bigint") + F.col("n") + F.col("n")).alias("more"),
)
