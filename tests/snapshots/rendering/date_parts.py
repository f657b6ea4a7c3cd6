result = orders.select(
    F.year("time").alias("the_year"),
    F.quarter("time").alias("the_quarter"),
    F.month("time").alias("the_month"),
    F.date_format("time", "MMMM").alias("the_month_name"),
    F.weekofyear("time").alias("the_week"),
    F.dayofmonth("time").alias("the_day"),
    ((F.dayofweek("time") + 5) % 7 + 1).alias("the_weekday"),
    F.date_format("time", "EEEE").alias("the_weekday_name"),
    F.hour("time").alias("the_hour"),
    F.minute("time").alias("the_minute"),
    F.to_date("time").alias("the_date"),
)
