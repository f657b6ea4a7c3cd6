result = orders.select(
    F.round("price", 0).alias("rounded"),
    F.floor("price").alias("down"),
    F.ceil("price").alias("up"),
    F.sqrt("quantity").alias("root"),
    F.abs(F.col("quantity").cast("bigint") - 4).alias("size"),
    (F.col("quantity") % 2).alias("rest"),
)
