result = orders
