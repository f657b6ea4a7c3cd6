result = orders.select(
    "product",
    F.col("region").alias("what"),
    (F.col("quantity") * F.col("price")).alias("sum"),
)
