"""Conditions in Spark SQL as Arrow expressions: never fewer rows than Spark keeps."""

import datetime as dt
import math
from decimal import Decimal

import pyarrow as pa
import pytest

from spark_interpreter.sources.arrow_filter import arrow_filter

ROWS = pa.table(
    {
        "n": pa.array([1, 2, 3, None]),
        "X": pa.array([0.5, math.nan, 2.5, None]),
        "s": pa.array(["a", "B", "", None]),
        "d": pa.array([dt.date(2024, 1, 1), dt.date(2024, 2, 1), dt.date(2024, 3, 1), None]),
        "at": pa.array(
            [dt.datetime(2024, 1, 1), dt.datetime(2024, 2, 1), dt.datetime(2024, 3, 1), None],
            pa.timestamp("us", tz="UTC"),
        ),
        "m": pa.array([Decimal("1.00"), Decimal("2.00"), None, None]),
        "ok": pa.array([True, False, None, True]),
    }
)
NAMES = {name.lower(): name for name in ROWS.column_names}
KEPT = {
    "n > 1": [2, 3],
    "1 >= n": [1],
    "n <> 2": [1, 3],
    "n IN (1, 3)": [1, 3],
    "n BETWEEN 2 AND 9 AND s = 'B'": [2],
    "(n = 1 OR s = '')": [1, 3],
    "n IS NULL": [None],
    "n IS NOT NULL AND d >= DATE '2024-02-01'": [2, 3],
    "x > 1": [2, 3],
    "x < 1": [1],
    "d = '2024-01-01'": [1],
    "at >= TIMESTAMP '2024-02-10 00:00:00'": [3],
    "at < TIMESTAMP '2024-02-01 00:00:00' AND n > 0": [1, 2],
    "ok = true": [1, None],
}
UNTOLD = [
    "m > 1", "lower(s) = 'b'", "n = '1'", "s = 1", "n > 1.5", "n = 1 OR upper(s) = 'B'",
    "NOT (n = 1)", "missing = 1", "n = 99999999999999999999", "x = 'NaN'", "d = '20240101'",
    "s LIKE 'a%'", "at <> DATE '2024-01-01'", "n IN (1, '2')", "not sql at all = = 1",
]  # fmt: skip


@pytest.mark.parametrize("where", KEPT)
def test_what_is_kept(where: str) -> None:
    condition = arrow_filter(where, NAMES, ROWS.schema)
    assert ROWS.filter(condition).column("n").to_pylist() == KEPT[where]


@pytest.mark.parametrize("where", UNTOLD)
def test_what_is_left_to_the_script(where: str) -> None:
    assert arrow_filter(where, NAMES, ROWS.schema) is None


def test_nothing_is_asked() -> None:
    assert arrow_filter(None, NAMES, ROWS.schema) is None
