report = [
    F.struct(
        F.lit(name).alias("column"),
        F.count_if(F.col("`" + name.replace("`", "``") + "`").isNull()).alias("missing"),
        F.avg(F.col("`" + name.replace("`", "``") + "`").isNull().cast("int")).alias("share"),
    )
    for name in odd.columns
]

result = odd.agg(F.array(*report).alias("report")).select(F.inline("report"))
