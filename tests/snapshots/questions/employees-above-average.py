"""Number of employees where salary is more than the average salary in employees

Question:  How many employees earn more than the average salary?
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
    employees.crossJoin(employees.agg(F.avg("salary").alias("avg_salary")))
    .filter(F.col("salary") > F.col("avg_salary"))
    .agg(F.count("*").alias("count"))
)

result.write.mode("overwrite").parquet("output/employees-above-average")
