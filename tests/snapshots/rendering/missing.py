result = orders.filter(F.col("region").isNull()).select("id")
