result = orders.filter(F.col("time") >= "2024-01-01 09:50:00").select("id")
