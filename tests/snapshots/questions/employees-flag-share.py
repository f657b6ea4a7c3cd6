"""Count percent by department

Question:  remote percentage by department
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
    .agg(
        (
            100.0 * F.count_if(F.col("isRemote")) / F.nullif(F.count("*"), F.lit(0))
        ).alias("count_percent")
    )
    .orderBy(F.desc("count_percent"), "department")
)

result.write.mode("overwrite").parquet("output/employees-flag-share")
