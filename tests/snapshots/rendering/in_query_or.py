matches = (
    returns.select(F.col("id").alias("id_key"))
    .distinct()
    .withColumn("matched", F.lit(True))
)

result = (
    orders.join(matches, F.col("id") == F.col("id_key"), "left")
    .filter(F.col("matched").isNotNull() | (F.col("quantity") > 4))
    .drop("id_key", "matched")
)
