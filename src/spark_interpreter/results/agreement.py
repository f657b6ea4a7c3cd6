"""Whether two results say the same: up to the order of rows, names of columns, and rounding."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

MAX_COMPARED = 100_000
"""Rows beyond which only their number is compared."""

_RELATIVE = 1e-6
_ABSOLUTE = 1e-9
_ROUNDED_TO = (2, 3, 4, 6)
"""Decimals that people round to; a rounded figure is still the same figure."""

Row = tuple[Any, ...]


def difference(ours: "pa.Table", theirs: "pa.Table") -> str | None:
    """How the results differ, in a few words; None if they say the same.

    The one with more columns may say more than the other.
    """
    if ours.num_rows != theirs.num_rows:
        return f"{_counted(theirs.num_rows)} instead of {_counted(ours.num_rows)}"
    if ours.num_rows > MAX_COMPARED:
        return None
    left, right = _columns(ours), _columns(theirs)
    fewer, more = (left, right) if len(left) <= len(right) else (right, left)
    matched = _matched(fewer, more)
    if matched is None:
        return "other values"
    first = _sorted(list(zip(*fewer, strict=True)))
    second = _sorted(list(zip(*matched, strict=True)))
    pairs = zip(first, second, strict=True)
    if all(_same_row(one, other) for one, other in pairs):
        return None
    return "values that belong to other rows"


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _columns(table: "pa.Table") -> list[list[Any]]:
    return [[_plain(value) for value in column.to_pylist()] for column in table.columns]


def _plain(value: Any) -> Any:
    """Numbers as floats, midnight as its date, what is nested as text."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal):
        return float(value)
    if isinstance(value, datetime):
        naive = value.replace(tzinfo=None)
        midnight = not (naive.hour or naive.minute or naive.second or naive.microsecond)
        return naive.date().isoformat() if midnight else naive.isoformat()
    return value.isoformat() if isinstance(value, date) else repr(value)


def _matched(fewer: Sequence[list[Any]], more: Sequence[list[Any]]) -> list[list[Any]] | None:
    """For each column of the one a column of the other with the same values, each used once."""
    free = list(range(len(more)))
    ordered = [_sorted([(value,) for value in column]) for column in more]
    matched = []
    for column in fewer:
        values = _sorted([(value,) for value in column])
        same = [n for n in free if all(map(_same_row, values, ordered[n]))]
        if not same:
            return None
        # Among several the one whose rows stand alike, which is the one that is meant.
        best = max(same, key=lambda n: sum(map(_same, column, more[n])))
        free.remove(best)
        matched.append(more[best])
    return matched


def _sorted(rows: list[Row]) -> list[Row]:
    return sorted(
        rows,
        key=lambda row: (
            [_key(v) for v in row if not isinstance(v, float)],
            [_key(v) for v in row if isinstance(v, float)],
        ),
    )


def _key(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, 0)
    if isinstance(value, float):
        return (1, -math.inf if math.isnan(value) else value)
    return (2, str(value))


def _same_row(one: Row, other: Row) -> bool:
    return all(map(_same, one, other))


def _same(one: Any, other: Any) -> bool:
    if not (isinstance(one, float) and isinstance(other, float)):
        return bool(one == other)
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    if math.isclose(one, other, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE):
        return True
    return any(
        one == round(other, decimals) or other == round(one, decimals) for decimals in _ROUNDED_TO
    )
