result = orders.filter(F.col("quantity").between(2, 3)).select("id")
