result = orders.filter(F.dayofweek("day") == 2).select("id")
