result = orders.filter(F.lower("region") == "south").select("id")
