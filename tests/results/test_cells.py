"""Cells are JSON-ready and lose nothing."""

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from spark_interpreter.results.cells import cell, column_cells, rows, shown, shown_rows

UTC = dt.UTC
MOMENT = dt.datetime(2024, 3, 1, 12, 30, 5, 250_000)

CASES: list[tuple[pa.Array, list[Any]]] = [
    (pa.array([1, None, 2**63 - 1]), [1, None, 9223372036854775807]),
    (pa.array([1.5, math.nan, math.inf, None]), [1.5, None, None, None]),
    (pa.array([0.1 + 0.2]), [0.30000000000000004]),
    (pa.array([True, None]), [True, None]),
    (pa.array([Decimal("1.50"), Decimal("0.00"), None]), ["1.50", "0.00", None]),
    (pa.array([Decimal(0)], pa.decimal128(38, 10)), ["0.0000000000"]),
    (pa.array([Decimal("12345678901234567890.12")]), ["12345678901234567890.12"]),
    (pa.array([dt.date(2024, 3, 1)]), ["2024-03-01"]),
    (pa.array([MOMENT], pa.timestamp("us")), ["2024-03-01T12:30:05.250000"]),
    (pa.array([dt.datetime(2024, 3, 1)], pa.timestamp("us")), ["2024-03-01T00:00:00"]),
    (pa.array([MOMENT], pa.timestamp("us", "UTC")), ["2024-03-01T12:30:05.250000Z"]),
    (pa.array([1], pa.timestamp("ns")), ["1970-01-01T00:00:00.000000001"]),
    (pa.array([dt.datetime(2024, 1, 1)], pa.timestamp("ms", "UTC")), ["2024-01-01T00:00:00Z"]),
    (pa.array([b"\x00\xff"]), ["AP8="]),
    (pa.array([[1, None], None, []]), [[1, None], None, []]),
    (pa.array([{"a": Decimal("1.0"), "b": [math.nan]}]), [{"a": "1.0", "b": [None]}]),
    (
        pa.array([[(1, dt.date(2024, 1, 1))]], pa.map_(pa.int32(), pa.date32())),
        [{"1": "2024-01-01"}],
    ),
    (pa.array([dt.timedelta(days=1, seconds=1.5)], pa.duration("us")), ["P1DT1.5S"]),
    (pa.array([dt.timedelta(0), -dt.timedelta(hours=1)], pa.duration("s")), ["PT0S", "-PT3600S"]),
    (pa.array([dt.time(9, 30)], pa.time64("us")), ["09:30:00"]),
    (pa.array([None, None], pa.null()), [None, None]),
    (pa.array(["a", "", None]).dictionary_encode(), ["a", "", None]),
]


@pytest.mark.parametrize(
    ("column", "wanted"), CASES, ids=lambda case: str(getattr(case, "type", ""))
)
def test_every_type_has_its_form(column: pa.Array, wanted: list[Any]) -> None:
    cells = list(column_cells(column))
    assert cells == wanted
    assert [type(c) for c in cells] == [type(w) for w in wanted]
    json.dumps(cells, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (613689.0899999999, 613689.09), (681704.600000001, 681704.6),
        (363362.99999999837, 363363.0), (0.1 + 0.2, 0.3), (-2.1358024691358026, -2.13580246913580),
        (1 / 3, 0.333333333333333), (1700000000.123, 1700000000.123), (0.0, 0.0),
        (9007199254740991.0, 9007199254740991.0), (1.7976931348623157e308, 1.7976931348623157e308),
        (5e-324, 5e-324), (123456789012.0, 123456789012.0), (1234567890123.0, 1234567890123.0),
    ],
)  # fmt: skip
def test_numbers_are_shown_without_noise(value: float, wanted: float) -> None:
    assert shown(value) == wanted


def test_single_precision_is_shown_in_its_own_digits() -> None:
    table = pa.table({"a": pa.array([0.1, None], pa.float32()), "b": [0.1 + 0.2, math.nan]})
    assert shown_rows(table) == [(0.1, 0.3), (None, None)]


def test_rows_keep_the_order_of_rows_and_columns() -> None:
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    assert rows(table) == [(1, "x"), (2, None)]
    assert rows(pa.table({})) == []


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, max_value=10**20, min_value=-(10**20)
    )
)
def test_decimals_keep_their_digits(value: Decimal) -> None:
    text = cell(value)
    assert "E" not in text
    assert Decimal(text) == value


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_come_back_exactly(value: dt.datetime) -> None:
    (text,) = column_cells(pa.array([value], pa.timestamp("us", "UTC")))
    assert dt.datetime.fromisoformat(text) == value
