result = orders.select("product").distinct()
