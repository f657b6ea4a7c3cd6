result = (
    orders.orderBy(F.asc_nulls_first("region"), F.desc_nulls_first("price"))
    .select("region", "price")
)
