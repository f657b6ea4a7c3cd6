"""Number of rows by gender

Question:  number of respondents by gender
"""
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("question")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)

survey = (
    spark.read.option("header", "true")
    .option("mode", "FAILFAST")
    .schema(
        "respondent_id INT, ageGroup STRING, gender STRING, country STRING, "
        "satisfaction_score INT, monthly_income DOUBLE, submitted_on DATE, "
        "answer_001 INT, answer_002 INT, answer_003 INT, answer_004 INT, "
        "answer_005 INT, answer_006 INT, answer_007 INT, answer_008 INT, "
        "answer_009 INT, answer_010 INT, answer_011 INT, answer_012 INT, "
        "answer_013 INT, answer_014 INT, answer_015 INT, answer_016 INT, "
        "answer_017 INT, answer_018 INT, answer_019 INT, answer_020 INT, "
        "answer_021 INT, answer_022 INT, answer_023 INT, answer_024 INT, "
        "answer_025 INT, answer_026 INT, answer_027 INT, answer_028 INT, "
        "answer_029 INT, answer_030 INT, answer_031 INT, answer_032 INT, "
        "answer_033 INT, answer_034 INT, answer_035 INT, answer_036 INT, "
        "answer_037 INT, answer_038 INT, answer_039 INT, answer_040 INT, "
        "answer_041 INT, answer_042 INT, answer_043 INT, answer_044 INT, "
        "answer_045 INT, answer_046 INT, answer_047 INT, answer_048 INT, "
        "answer_049 INT, answer_050 INT, answer_051 INT, answer_052 INT, "
        "answer_053 INT, answer_054 INT, answer_055 INT, answer_056 INT, "
        "answer_057 INT, answer_058 INT, answer_059 INT, answer_060 INT, "
        "answer_061 INT, answer_062 INT, answer_063 INT, answer_064 INT, "
        "answer_065 INT, answer_066 INT, answer_067 INT, answer_068 INT, "
        "answer_069 INT, answer_070 INT, answer_071 INT, answer_072 INT, "
        "answer_073 INT, answer_074 INT, answer_075 INT, answer_076 INT, "
        "answer_077 INT, answer_078 INT, answer_079 INT, answer_080 INT, "
        "answer_081 INT, answer_082 INT, answer_083 INT, answer_084 INT, "
        "answer_085 INT, answer_086 INT, answer_087 INT, answer_088 INT, "
        "answer_089 INT, answer_090 INT, answer_091 INT, answer_092 INT, "
        "answer_093 INT, answer_094 INT, answer_095 INT, answer_096 INT, "
        "answer_097 INT, answer_098 INT, answer_099 INT, answer_100 INT"
    )
    .csv("data/survey.csv")
)

result = (
    survey.groupBy("gender")
    .count()
    .orderBy(F.desc("count"), "gender")
)

result.write.mode("overwrite").parquet("output/survey-gender")
