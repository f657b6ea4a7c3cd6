"""Top 3 manager ids by number of employees where manager id is not missing

Question:  top 3 managers by number of employees
Assumes:   rows without managerId are left out of the ranking
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
    employees.filter(F.col("managerId").isNotNull())
    .groupBy("managerId")
    .count()
    .orderBy(F.desc("count"), F.asc_nulls_last("managerId"))
    .limit(3)
)

result.write.mode("overwrite").parquet("output/employees-most-missing")
