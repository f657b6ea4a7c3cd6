"""Student name with the highest average score

Question:  Which student has the highest average score?
Assumes:   enrolments.student_id matches students.student_id (100 % of its values)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

students = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("student_id INT, student_name STRING, age INT, house STRING")
    .csv("data/school/students.csv")
)

enrolments = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("student_id INT, course_id INT, score INT")
    .csv("data/school/enrolments.csv")
)

result = (
    enrolments.join(students, "student_id")
    .groupBy("student_name")
    .agg(F.avg("score").alias("avg_score"))
    .orderBy(F.desc("avg_score"), "student_name")
    .limit(1)
)

result.write.mode("overwrite").parquet("output/school-best-student")
