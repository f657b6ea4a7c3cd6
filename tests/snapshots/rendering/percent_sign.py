result = orders.filter(F.col("product").contains("100%")).select("id")
