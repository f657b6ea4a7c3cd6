"""Last name of employees

Question:  Sort all employee last names by their salaries from high to low
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

result = employees.orderBy(F.desc("salary")).select("lastName")

result.write.mode("overwrite").parquet("output/employees-sort-names-by")
