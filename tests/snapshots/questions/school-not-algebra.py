"""Students (filtered)

Question:  students who do not take Algebra
Assumes:   enrolments.student_id matches students.student_id (100 % of its values);
           enrolments.course_id matches courses.course_id (100 % of its values)
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

courses = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("course_id INT, title STRING, credits INT")
    .csv("data/school/courses.csv")
)

enrolments = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema("student_id INT, course_id INT, score INT")
    .csv("data/school/enrolments.csv")
)

selected_enrolments = (
    enrolments.join(courses, "course_id")
    .filter(F.col("title") == "Algebra")
    .select("student_id")
)

result = students.join(selected_enrolments, "student_id", "left_anti")

result.write.mode("overwrite").parquet("output/school-not-algebra")
