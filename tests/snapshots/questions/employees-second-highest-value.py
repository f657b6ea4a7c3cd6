"""Different salary with the 2nd highest salary

Question:  what is the second highest salary?
Assumes:   equal values count once
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
    employees.select("salary")
    .distinct()
    .orderBy(F.desc("salary"))
    .offset(1)
    .limit(1)
)

result.write.mode("overwrite").parquet("output/employees-second-highest-value")
