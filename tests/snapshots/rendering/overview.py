numeric = ["id", "boss_id"]

report = [
    F.struct(
        F.lit(name).alias("column"),
        F.lit(kind).alias("type"),
        F.count(name).alias("filled"),
        F.count_distinct(name).alias("distinct"),
        F.min(name).cast("string").alias("smallest"),
        F.max(name).cast("string").alias("largest"),
        F.avg(F.col(name) if name in numeric else F.lit(None)).cast("double").alias("mean"),
    )
    for name, kind in customers.dtypes
]

result = customers.agg(F.array(*report).alias("report")).select(F.inline("report"))
