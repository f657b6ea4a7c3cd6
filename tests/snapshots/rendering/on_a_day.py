result = orders.filter(F.col("day") == "2023-01-05").select("id")
