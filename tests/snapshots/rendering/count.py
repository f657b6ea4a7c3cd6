result = orders.agg(F.count("*").alias("count"))
