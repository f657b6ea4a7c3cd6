"""Last name and hire date of employees in 2020

Question:  Which employees were hired in 2020? Show last name and hire date.
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
    employees.filter(
        (F.col("hireDate") >= "2020-01-01") & (F.col("hireDate") < "2021-01-01")
    )
    .select("lastName", "hireDate")
)

result.write.mode("overwrite").parquet("output/employees-hired-2020")
