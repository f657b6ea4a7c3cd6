"""Course title of courses (filtered)

Question:  what courses does Max have
Assumes:   enrolments.course_id matches courses.course_id (100 % of its values);
           enrolments.student_id matches students.student_id (100 % of its values)
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
    enrolments.join(students, "student_id")
    .filter(F.col("student_name") == "Max")
    .select("course_id")
)

result = (
    courses.join(selected_enrolments, "course_id", "left_semi")
    .select(F.col("title").alias("course_title"))
)

result.write.mode("overwrite").parquet("output/school-what-one-has")
