by_region = orders.groupBy("region").agg(F.sum("amount").alias("total"))

result = by_region.withColumn(
    "share",
    F.col("total").cast("double")
    / F.nullif(F.sum("total").over(Window.partitionBy()), F.lit(0)),
)
