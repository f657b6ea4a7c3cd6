result = orders.groupBy("region").count()
