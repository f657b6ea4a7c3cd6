"""Conditions judged with the values of a partition alone."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from spark_interpreter.sources.known_values import Value, surely_false
from spark_interpreter.sources.predicate import parsed

MARCH: dict[str, Value] = {
    "dt": date(2024, 3, 15), "day": "2024-03-15", "year": 2024, "month": 3, "mm": "03",
    "region": "north", "at": datetime(2024, 3, 15, 10), "gone": None, "rate": Decimal("0.10"),
}  # fmt: skip

FALSE = [
    "year = 2023",
    "month > 3 OR region = 'south'",
    "dt >= DATE '2024-04-01'",
    "dt < '2024-03-01'",
    "day = DATE '2024-03-16'",
    "NOT (year = 2024)",
    "month NOT IN (1, 2, 3)",
    "region IN ('south', 'east')",
    "dt BETWEEN DATE '2024-01-01' AND DATE '2024-02-29'",
    "date_trunc('month', dt) = DATE '2024-02-01'",
    "date_trunc('quarter', dt) > TIMESTAMP '2024-01-01 00:00:00'",
    "trunc(dt, 'YEAR') < DATE '2024-01-01'",
    "year(dt) = 2023 AND amount > 5",
    "amount > 5 AND month(to_date(day)) = 4",
    "extract(YEAR FROM dt) = 2025",
    "make_date(year, month, 1) < DATE '2024-03-01'",
    "to_date(concat(year, '-', lpad(month, 2, '0'), '-01')) = DATE '2024-04-01'",
    "year * 100 + month >= 202404",
    "mm = 4",
    "cast(mm AS INT) = 4",
    "gone = 1",
    "gone IS NOT NULL",
    "NOT (gone = 1)",
    "gone <=> 1",
    "dt >= DATE '2024-02-15' + INTERVAL '1' MONTH + INTERVAL '1' DAY",
    "at < TIMESTAMP '2024-03-15 10:00:00'",
    "rate > 0.1",
    "false",
    "(region = 'south' AND amount = 1) OR year = 1",
]
NOT_SURE = [
    "year = 2024",
    "amount = 1",
    "region = 'south' OR amount = 1",
    "NOT (year = 2024 AND amount = 1)",
    "region = 'North' OR lower(region) = 'north'",
    "dt IN (SELECT day FROM other)",
    "day = 'March'" + " OR day LIKE '2024%'",
    "day > 5",
    "mm = 'x' + 1",
    "cast(region AS INT) = 4",
    "cast(month AS TINYINT) = 3",
    "dt = current_date()",
    "weekday(dt) = 9",
    "make_date(year, 13, 1) = dt",
    "year / 0 = 1",
    "year * 2000000000 = 1",
    "to_date(day, 'yyyy-MM-dd') = DATE '2020-01-01'",
    "at = TIMESTAMP '2024-03-15 10:00:00Z'",
    "true",
    "gone IS NULL",
    "gone <=> NULL",
    "amount <=> NULL",
    "gone <=> amount",
    "NOT (gone = 1 AND amount = 2)",
]


@pytest.mark.parametrize("where", FALSE)
def test_what_no_row_of_the_partition_can_meet(where: str) -> None:
    tree = parsed(where)
    assert tree is not None
    assert surely_false(tree, MARCH)


@pytest.mark.parametrize("where", NOT_SURE)
def test_what_some_row_may_meet(where: str) -> None:
    tree = parsed(where)
    assert tree is not None
    assert not surely_false(tree, MARCH)


def test_what_is_no_sql_is_not_a_condition() -> None:
    assert parsed("dt = = 3") is None
