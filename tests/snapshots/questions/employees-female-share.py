"""Share of number of employees by gender

Question:  percentage of employees by gender
"""
from pyspark.sql import SparkSession, Window, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

employees = (
    spark.read.option("header", "true")
    .option("sep", "\t")
    .option("mode", "FAILFAST")
    .schema(
        "employeeId INT, firstName STRING, lastName STRING, department STRING, "
        "jobTitle STRING, hireDate DATE, salary BIGINT, managerId INT, "
        "isRemote BOOLEAN, gender STRING, age INT"
    )
    .csv("data/employees.tsv")
)

by_gender = employees.groupBy("gender").count()

result = (
    by_gender.withColumn(
        "count_percent",
        100.0
        * (
            F.col("count")
            / F.nullif(F.sum("count").over(Window.partitionBy()), F.lit(0))
        ),
    )
    .orderBy(F.desc("count"), F.asc_nulls_last("gender"))
)

result.write.mode("overwrite").parquet("output/employees-female-share")
