result = orders.filter(F.col("region") == "south").select("id")
