result = orders.select("id", F.col("quantity").alias("ID_2"))
