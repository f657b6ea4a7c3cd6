result = (
    orders.select("id", "quantity", "price")
    .withColumn("revenue", F.col("quantity") * F.col("price"))
    .withColumn("taxed", F.col("revenue") * 1.2)
)
