result = (
    orders.orderBy(F.asc_nulls_last("price"), "id")
    .limit(2)
    .select("id")
)
