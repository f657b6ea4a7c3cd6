result = orders.filter(F.col("paid")).select("id")
