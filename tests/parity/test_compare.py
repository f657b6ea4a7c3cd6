"""The comparison itself finds what differs and nothing else."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.parity.compare import differences


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        (1, 1),
        (Decimal("1.10"), Decimal("1.1000")),
        (Decimal(3), 3),
        (0.1 + 0.2, 0.3),
        (1.5, Decimal("1.5")),
        (float("nan"), float("nan")),
        (date(2024, 1, 1), datetime(2024, 1, 1)),
        (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 1)),
        (None, None),
        ([1, "a"], (1, "a")),
    ],
)
def test_same(wanted: Any, got: Any) -> None:
    assert not differences([(wanted,)], [(got,)], ordered=True)


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        (1, 2),
        (1, "1"),
        (1, True),
        (0, None),
        (Decimal("1.10"), Decimal("1.11")),
        (1.0, 1.00001),
        (float("nan"), 0.0),
        ("a", "A"),
        (date(2024, 1, 1), datetime(2024, 1, 1, 1)),
    ],
)
def test_different(wanted: Any, got: Any) -> None:
    assert differences([(wanted,)], [(got,)], ordered=True)


def test_order_counts_only_where_asked_for() -> None:
    rows = [(1, "a"), (2, None), (None, "c")]
    assert not differences(rows, rows[::-1], ordered=False)
    assert differences(rows, rows[::-1], ordered=True)


def test_rows_are_a_multiset() -> None:
    assert differences([(1,), (1,), (2,)], [(1,), (2,), (2,)], ordered=False)
    assert differences([(1,)], [(1,), (1,)], ordered=False) == "expected 1 rows, got 2"
