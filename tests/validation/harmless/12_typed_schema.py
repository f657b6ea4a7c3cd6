from pyspark.sql import SparkSession
from pyspark.sql.types import IntegerType, StringType, StructField, StructType

spark = (
    SparkSession.builder.appName("orders")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

schema = StructType([StructField("id", IntegerType(), True), StructField("name", StringType(), True)])
result = spark.read.schema(schema).option("multiLine", True).json("/data/customers.json")

result.write.mode("overwrite").parquet("/output/turn")
