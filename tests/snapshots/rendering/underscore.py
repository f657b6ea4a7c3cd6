result = orders.filter(F.col("product").contains("_")).select("id")
