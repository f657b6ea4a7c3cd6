result = orders.filter(F.col("product") == "5").select("id")
