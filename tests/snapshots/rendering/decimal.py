result = orders.filter(F.col("amount") == 7.5).select("id")
