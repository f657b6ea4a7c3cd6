result = orders.filter(F.col("product").ilike("m%")).select("id")
