result = orders.filter(F.col("product").rlike("(?i)^(tea|cake)$")).select("id")
