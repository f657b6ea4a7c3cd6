from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()

result = spark.range(10).withColumn("square", F.col("id") ** 2)

result.write.mode("overwrite").parquet("/output/turn")
