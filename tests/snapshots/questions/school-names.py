"""Student name and course title of enrolments, students and courses

Question:  student name and course title of every enrolment
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

result = (
    enrolments.join(students, "student_id")
    .join(courses, "course_id")
    .select("student_name", F.col("title").alias("course_title"))
)

result.write.mode("overwrite").parquet("output/school-names")
