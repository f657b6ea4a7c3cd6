result = orders.select(
    F.lower("product").alias("low"),
    F.upper("product").alias("up"),
    F.length("product").alias("size"),
    F.size(F.split(F.trim("product"), r"\s+")).alias("words"),
    F.substring("product", 1, 2).alias("start"),
    F.concat("product", F.lit(" "), F.col("id").cast("string")).alias("label"),
    F.coalesce("region", F.lit("-")).alias("region"),
)
