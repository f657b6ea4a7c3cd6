result = orders.filter(F.col("day").isin("2023-01-05", "2024-02-29")).select("id")
