"""Conditions for Snowflake: what is said, and what is left to the script."""

import pytest

from spark_interpreter.sources.snowflake.types import SnowflakeType
from spark_interpreter.sources.snowflake.where import translated

COLUMNS = {
    "AMOUNT": ("AMOUNT", SnowflakeType("FIXED", precision=10, scale=2)),
    "region": ("Region", SnowflakeType("TEXT")),
    "CODE": ("CODE", SnowflakeType("TEXT", collation="en-ci")),
    "D": ("D", SnowflakeType("DATE")),
    "TS": ("TS", SnowflakeType("TIMESTAMP_NTZ")),
    "TZ": ("TZ", SnowflakeType("TIMESTAMP_TZ")),
    "V": ("V", SnowflakeType("VARIANT")),
    "OK": ("OK", SnowflakeType("BOOLEAN")),
}


@pytest.mark.parametrize(
    ("spark", "snowflake"),
    [
        ("AMOUNT > 5", '"AMOUNT" > 5'),
        ("5.5 <= amount", '"AMOUNT" >= 5.5'),
        ("AMOUNT = -1", '"AMOUNT" = -1'),
        (r"region = 'it\'s'", "\"Region\" = 'it''s'"),
        (r"region = 'a\\b'", r""""Region" = 'a\\b'"""),
        ("region IN ('a', 'b')", "(\"Region\" = 'a' OR \"Region\" = 'b')"),
        ("NOT (region = 'a')", "NOT (\"Region\" = 'a')"),
        ("D >= DATE '2024-03-01'", "\"D\" >= '2024-03-01'::DATE"),
        ("CAST('2024-03-01' AS DATE) > D", "\"D\" < '2024-03-01'::DATE"),
        ("year(D) = 2024 AND month(D) = 3", 'YEAR("D") = 2024 AND MONTH("D") = 3'),
        ("TS < TIMESTAMP '2024-03-01 10:00:00'", "\"TS\" < '2024-03-01 10:00:00'::TIMESTAMP_NTZ"),
        (
            "TS <= TIMESTAMP '2024-03-01 10:00:00'",
            "\"TS\" < '2024-03-01 10:00:00.000001'::TIMESTAMP_NTZ",
        ),
        (
            "TZ >= TIMESTAMP '2024-03-01 00:00:00'",
            (
                "CONVERT_TIMEZONE('UTC', \"TZ\")::TIMESTAMP_NTZ >= "
                "'2024-03-01 00:00:00'::TIMESTAMP_NTZ"
            ),
        ),
        ("D IS NULL OR NOT OK", '("D" IS NULL OR NOT ("OK"))'),
        ("AMOUNT > 5 AND lower(region) = 'x'", '"AMOUNT" > 5'),
        ("AMOUNT BETWEEN 1 AND 2", '"AMOUNT" >= 1 AND "AMOUNT" <= 2'),
    ],
)
def test_what_means_the_same_is_said(spark: str, snowflake: str) -> None:
    assert translated(spark, COLUMNS) == snowflake


@pytest.mark.parametrize(
    "spark",
    [
        "region > 'a'",  # order of texts
        "CODE = 'x'",  # a collation of its own
        "region LIKE 'a%'",
        "lower(region) = 'a'",
        "V IS NULL",  # a JSON null is a value
        "AMOUNT > 5 OR lower(region) = 'a'",
        "NOT (AMOUNT > 5 AND lower(region) = 'a')",
        "NOT (TS <= TIMESTAMP '2024-03-01 10:00:00')",
        "AMOUNT = '5'",
        "AMOUNT / 2 = 1",
        "D = TIMESTAMP '2024-03-01 10:00:00'",
        "unknown = 1",
        "AMOUNT <=> 1",
        "this is no condition (",
    ],
)
def test_anything_else_is_left_to_the_script(spark: str) -> None:
    assert translated(spark, COLUMNS) == ""
