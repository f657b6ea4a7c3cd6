"""Scripts that several tests run."""

SMALL = """\
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
result = spark.range(3).withColumn("twice", F.col("id") * 2)
"""

SLOW = """\
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
numbers = spark.range(200000)
result = numbers.crossJoin(numbers.withColumnRenamed("id", "other")).agg(
    F.sum(F.sqrt(F.col("id") * F.col("other"))).alias("total")
)
"""
"""Runs for minutes."""
