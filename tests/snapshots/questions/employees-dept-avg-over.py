"""Average salary by department where avg salary is more than 90000

Question:  Which departments have an average salary above 90000?
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
    employees.groupBy("department")
    .agg(F.avg("salary").alias("avg_salary"))
    .filter(F.col("avg_salary") > 90000)
    .orderBy(F.desc("avg_salary"), "department")
)

result.write.mode("overwrite").parquet("output/employees-dept-avg-over")
