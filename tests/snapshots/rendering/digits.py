result = orders.filter(F.col("id").cast("string").contains("1")).select("id")
