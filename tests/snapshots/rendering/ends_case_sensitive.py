result = orders.filter(F.col("product").endswith("Tea")).select("id")
