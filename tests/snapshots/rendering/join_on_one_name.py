result = orders.join(returns, "id").select("id", "product", "reason")
