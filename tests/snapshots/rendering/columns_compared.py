result = orders.filter(F.col("quantity") > F.col("price")).select("id")
