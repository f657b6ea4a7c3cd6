"""Summaries say only what the rows hold."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from spark_interpreter.model import ChartHint
from spark_interpreter.results import present

WriteOutput = Callable[..., Path]
MONTHS = pa.array(
    [dt.datetime(2024, n, 1, tzinfo=dt.UTC) for n in (1, 2, 3)], pa.timestamp("us", "UTC")
)
DAYS = pa.array([dt.date(2024, 1, n) for n in (5, 6, 7)])

CASES: list[tuple[dict[str, Any], str]] = [
    ({"total_revenue_eur": [1234.5]}, "Total revenue is 1,234.5 EUR."),
    ({"orders": [12], "avg_price": [2.345]}, "Orders are 12 and avg price is 2.35."),
    ({"first_order": pa.array([dt.date(2024, 1, 5)])}, "First order is 2024-01-05."),
    ({"exists": [True]}, "Exists is true."),
    ({"name": pa.array([None], pa.string())}, "Name is missing."),
    ({"share": [0.4212]}, "Share is 42.1%."),
    ({"tags": [["a"]]}, "1 row."),
    ({"name": ["a", "b"]}, "2 rows."),
    (
        {"region": ["N", "S", "W"], "revenue": [30.0, 20.5, 10.0]},
        "Revenue is highest for N (30.0) and lowest for W (10.0). The 3 rows add up to 60.5.",
    ),
    (
        {"region": ["N", "S", None], "avg_price": [3.0, 2.0, 1.0]},
        "Avg price is highest for N (3) and lowest where region is missing (1).",
    ),
    (
        {"region": ["N", "S", "W"], "avg_price": [3.0, 3.0, 1.0]},
        "Avg price is highest for N and for S (3 each) and lowest for W (1).",
    ),
    (
        {"region": list("abcdefg"), "avg_price": [3.0] * 5 + [1.0, 2.0]},
        "Avg price is highest in 5 rows (3 each) and lowest for f (1).",
    ),
    ({"region": ["N", "S"], "avg_price": [3.0, 3.0]}, "Avg price is 3 in every row."),
    (
        {"region": ["N", "S", "W"], "avg_price": [3.0, 3.0, None]},
        "Avg price is 3 in every row that has one.",
    ),
    (
        {"month": MONTHS, "revenue": [Decimal("10.00"), Decimal("40.00"), Decimal("15.00")]},
        (
            "Revenue is 10.00 in Jan 2024 and 15.00 in Mar 2024 (+50.0%). "
            "Revenue is highest in Feb 2024 (40.00) and lowest in Jan 2024 (10.00). "
            "The 3 rows add up to 65.00."
        ),
    ),
    (
        {"day": DAYS, "avg_price": [2.0, None, 1.0]},
        (
            "Avg price is 2 on 2024-01-05 and 1 on 2024-01-07 (-50.0%). "
            "Avg price is highest on 2024-01-05 (2) and lowest on 2024-01-07 (1)."
        ),
    ),
    (
        {"month": MONTHS, "change": [-5.0, 1.0, 2.0]},
        (
            "Change is -5 in Jan 2024 and 2 in Mar 2024. "
            "Change is highest in Mar 2024 (2) and lowest in Jan 2024 (-5)."
        ),
    ),
    (
        {"weekday": [1, 1, 2, 2], "hour": [8, 9, 8, 9], "count": [4, 3, 2, 1]},
        (
            "Count is highest for weekday 1, hour 8 (4) and lowest for weekday 2, hour 9 (1). "
            "The 4 rows add up to 10."
        ),
    ),
    (
        {"region": ["N", "S"], "distinct_customer_count": [5, 4]},
        "Distinct customer count is highest for N (5) and lowest for S (4).",
    ),
    (
        {"price": [1.5, 2.5, 9.0], "size": [1, 2, 3]},
        "Price is between 1.5 and 9.0. Size is between 1 and 3.",
    ),
]


@pytest.mark.parametrize(("columns", "wanted"), CASES, ids=[c[1][:30] for c in CASES])
def test_summaries(output: WriteOutput, columns: dict[str, Any], wanted: str) -> None:
    summary = present(output(pa.table(columns))).summary
    assert summary.removeprefix(re.match(r"(\d+ rows\. )?", summary)[0]) == wanted  # type: ignore[index]


def test_the_hinted_measure_is_the_subject(output: WriteOutput) -> None:
    table = pa.table({"region": ["N", "S"], "orders": [1, 2], "growth": [0.5, 0.25]})
    hint = ChartHint(kind="bar", x="region", y=("growth",))
    assert present(output(table), hint=hint).summary == (
        "2 rows. Growth is highest for N (50%) and lowest for S (25%)."
    )


def test_groups_that_overlap_do_not_add_up(output: WriteOutput) -> None:
    table = pa.table({"status": ["open", "paid"], "total_floor_area": [650, 1550]})
    hint = ChartHint(kind="bar", x="status", y=("total_floor_area",), overlapping=True)
    assert "add up" not in present(output(table), hint=hint).summary
    apart = hint.model_copy(update={"overlapping": False})
    assert "The 2 rows add up to 2,200." in present(output(table), hint=apart).summary


def test_long_values_are_cut(output: WriteOutput) -> None:
    table = pa.table({"name": ["x" * 500, "y"], "avg_price": [2.0, 1.0]})
    assert len(present(output(table)).summary) < 200


def test_shown_parts_of_large_results_do_not_pass_for_the_whole(output: WriteOutput) -> None:
    table = pa.table({"k": [f"k{n}" for n in range(9000)], "total": range(9000)})
    assert present(output(table)).summary == "9,000 rows. Total is between 0 and 8,999."
