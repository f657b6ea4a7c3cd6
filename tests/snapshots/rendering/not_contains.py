result = orders.filter(~F.lower("product").contains("tea")).select("id")
