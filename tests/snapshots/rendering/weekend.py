result = orders.filter(F.dayofweek("day").isin(7, 1)).select("id")
