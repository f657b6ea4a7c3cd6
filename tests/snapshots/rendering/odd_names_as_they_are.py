result = odd.select("`a.b`", '`q"uo``te`', "F", F.col("class").alias("new.name"))
