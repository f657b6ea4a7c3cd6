result = orders.filter(F.col("quantity") == 3).select("id")
