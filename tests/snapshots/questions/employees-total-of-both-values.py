"""Total salary where department is "Sales" or "Finance"

Question:  total salary in Sales and Finance
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
    employees.filter(F.col("department").isin("Sales", "Finance"))
    .agg(F.sum("salary").alias("total_salary"))
)

result.write.mode("overwrite").parquet("output/employees-total-of-both-values")
