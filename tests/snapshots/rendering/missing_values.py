orders_part = orders.select("id", "customer_id", "product", "region", "paid")

report = [
    F.struct(
        F.lit(name).alias("column"),
        F.count_if(F.col(name).isNull()).alias("missing"),
        F.avg(F.col(name).isNull().cast("int")).alias("share"),
    )
    for name in orders_part.columns
]

result = (
    orders_part.agg(F.array(*report).alias("report"))
    .select(F.inline("report"))
    .orderBy(F.desc("missing"), "column")
)
