"""When two results are the same answer."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from spark_interpreter.results.agreement import difference


def table(**columns: list[Any]) -> pa.Table:
    return pa.table({name: pa.array(values) for name, values in columns.items()})


BASE = table(region=["N", "S", None], total=[1.0, 2.5, 1 / 3])


@pytest.mark.parametrize(
    "other",
    [
        table(area=["S", None, "N"], sum=[2.5, 1 / 3, 1.0]),
        table(total=[1.0, 2.5, 0.33], region=["N", "S", None]),
        table(region=["N", "S", None], total=[Decimal("1.00"), Decimal("2.50"), Decimal("0.33")]),
        table(region=["N", "S", None], n=[7, 8, 9], total=[1.0, 2.5, 1 / 3 + 1e-12]),
    ],
    ids=["order-and-names", "rounded", "decimals", "one-column-more"],
)
def test_the_same_answer_in_other_clothes(other: pa.Table) -> None:
    assert difference(BASE, other) is None
    assert difference(other, BASE) is None


@pytest.mark.parametrize(
    ("other", "how"),
    [
        (table(region=["N", "S"], total=[1.0, 2.5]), "2 rows instead of 3 rows"),
        (table(region=["N", "S", None], total=[1.0, 2.5, 0.4]), "other values"),
        (table(region=["N", "S", "?"], total=[1.0, 2.5, 1 / 3]), "other values"),
        (
            table(region=["S", "N", None], total=[1.0, 2.5, 1 / 3]),
            "values that belong to other rows",
        ),
    ],
)
def test_another_answer(other: pa.Table, how: str) -> None:
    assert difference(BASE, other) == how


def test_midnight_is_its_day_and_text_is_no_number() -> None:
    days = table(day=[date(2024, 1, 1)])
    assert difference(days, table(day=[datetime(2024, 1, 1)])) is None
    assert difference(days, table(day=[datetime(2024, 1, 1, 1)])) == "other values"
    assert difference(table(n=[1]), table(n=["1"])) == "other values"


def test_equal_columns_are_told_apart_by_their_rows() -> None:
    ours = table(k=["a", "b"], x=[1, 2], y=[2, 1])
    assert difference(ours, table(k=["a", "b"], p=[2, 1], q=[1, 2])) is None
    assert difference(ours, table(k=["a", "b"], p=[1, 2], q=[1, 2])) == (
        "values that belong to other rows"
    )


def test_empty_results_agree() -> None:
    empty = table(n=pa.array([], pa.int64()))
    assert difference(empty, empty) is None


def test_not_a_number_equals_itself() -> None:
    assert difference(table(n=[float("nan"), 1.0]), table(n=[1.0, float("nan")])) is None
