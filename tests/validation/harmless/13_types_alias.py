from datetime import date
from decimal import Decimal

from pyspark.sql import SparkSession, functions as F, types as T

spark = (
    SparkSession.builder.appName("orders")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

schema = T.StructType().add("id", T.LongType()).add("amount", T.DecimalType(10, 2))
result = spark.createDataFrame([(1, Decimal("2.50"))], schema).withColumn("day", F.lit(date(2024, 1, 31)))

result.write.mode("overwrite").parquet("/output/turn")
