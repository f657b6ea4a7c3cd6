"""Number of employees by year

Question:  number of employees by hire year
Assumes:   year from hireDate
"""
from pyspark.sql import SparkSession, functions as F

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

result = (
    employees.groupBy(F.year("hireDate").alias("year"))
    .count()
    .orderBy("year")
)

result.write.mode("overwrite").parquet("output/employees-hire-year-of-date")
