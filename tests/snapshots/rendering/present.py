result = orders.filter(F.col("region").isNotNull()).select("id")
