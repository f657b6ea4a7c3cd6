result = orders.select(
    F.col("quantity").cast("string").alias("text"),
    F.col("amount").cast("double").alias("number"),
)
