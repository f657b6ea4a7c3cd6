"""Number of different values of student id of enrolments by title

Question:  How many students are enrolled in each course?
Assumes:   enrolments.course_id matches courses.course_id (100 % of its values)
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
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
    enrolments.join(courses, "course_id")
    .groupBy(F.col("title").alias("course_title"))
    .agg(F.count_distinct("student_id").alias("distinct_student_id"))
    .orderBy(F.desc("distinct_student_id"), "course_title")
)

result.write.mode("overwrite").parquet("output/school-per-course")
