quarterly = (
    orders.groupBy(
        F.trunc("day", "quarter").alias("month"), F.year("day").alias("year")
    )
    .agg(F.count("*").alias("revenue"))
)

quarter_before = (
    Window.orderBy(F.year("month") * 4 + F.quarter("month"))
    .rangeBetween(-1, -1)
)

year_before = Window.orderBy("year").rangeBetween(-1, -1)

result = (
    quarterly.withColumn(
        "quarter_before",
        F.when(F.col("month").isNotNull(), F.max("revenue").over(quarter_before)),
    )
    .withColumn(
        "years", F.when(F.col("year").isNotNull(), F.sum("revenue").over(year_before))
    )
)
