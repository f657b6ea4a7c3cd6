result = orders.filter(F.col("quantity") > 2).select("id")
