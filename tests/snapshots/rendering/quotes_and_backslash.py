result = orders.filter(F.lower("product").startswith("o'neil\\")).select("id")
