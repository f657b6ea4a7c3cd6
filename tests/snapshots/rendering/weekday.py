result = orders.filter((F.dayofweek("day") + 5) % 7 + 1 == 1).select("id")
