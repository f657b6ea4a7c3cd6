result = orders.join(returns, "id", "left_anti")
