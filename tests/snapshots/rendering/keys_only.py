result = orders.select("region", "product").distinct()
