result = orders.select(
    F.when(F.col("quantity") >= 4, "large").when(
        F.col("quantity") >= 2, "middle"
    ).otherwise("small").alias("size"),
    F.when(F.col("quantity") > 3, 1.0).otherwise(0.5).alias("bonus"),
    F.when(F.col("quantity") > 3, F.col("price")).alias("maybe"),
)
