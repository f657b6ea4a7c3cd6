"""Title with the highest number of rows

Question:  which course has the most enrolled students
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
    .count()
    .orderBy(F.desc("count"), "course_title")
    .limit(1)
)

result.write.mode("overwrite").parquet("output/school-most-enrolled")
