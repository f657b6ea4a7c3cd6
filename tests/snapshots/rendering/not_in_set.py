result = orders.filter(~F.col("region").isin("North", "West")).select("id")
