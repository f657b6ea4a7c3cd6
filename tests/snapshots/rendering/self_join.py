result = (
    customers.alias("person")
    .join(customers.alias("boss"), F.col("person.boss_id") == F.col("boss.id"))
    .select("person.name", F.col("boss.name").alias("boss"))
)
