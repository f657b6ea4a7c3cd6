result = (
    orders.orderBy("id")
    .offset(2)
    .limit(3)
)
