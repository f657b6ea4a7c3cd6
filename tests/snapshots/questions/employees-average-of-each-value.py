"""Average salary by gender where gender is "female" or "male"

Question:  average salary of female and male employees
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
    employees.filter(F.col("gender").isin("female", "male"))
    .groupBy("gender")
    .agg(F.avg("salary").alias("avg_salary"))
    .orderBy(F.desc("avg_salary"), F.asc_nulls_last("gender"))
)

result.write.mode("overwrite").parquet("output/employees-average-of-each-value")
