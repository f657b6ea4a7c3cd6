result = (
    orders.orderBy(F.asc_nulls_last("region"), F.desc("amount"), "id")
    .select("id", "region")
)
