"""Whether two engines gave the same answer.

Values are compared, not their widths: decimals and integers exactly, floating-point numbers to
nine digits, timestamps as instants in UTC. Rows are compared in order where the order was asked
for, and as a multiset where it was not.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Row = tuple[Any, ...]


def differences(expected: Iterable[Row], actual: Iterable[Row], *, ordered: bool) -> str:
    """The first difference in one line; empty when the answers agree."""
    left = [plain_row(row) for row in expected]
    right = [plain_row(row) for row in actual]
    if len(left) != len(right):
        return f"expected {len(left)} rows, got {len(right)}"
    if not ordered:
        left.sort(key=sort_key)
        right.sort(key=sort_key)
    for number, (wanted, got) in enumerate(zip(left, right, strict=True), start=1):
        if not same_row(wanted, got):
            return f"row {number}: expected {wanted}, got {got}"
    return ""


def plain_row(row: Sequence[Any]) -> Row:
    return tuple(plain(value) for value in row)


def plain(value: Any) -> Any:
    """Dates as the instants they begin, and instants without their zone, in UTC."""
    match value:
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        case date():
            return datetime(value.year, value.month, value.day)
        case list() | tuple():
            return plain_row(value)
        case dict():
            return {key: plain(item) for key, item in value.items()}
    return value


def sort_key(row: Row) -> list[tuple[str, Any]]:
    return [cell_key(value) for value in row]


def cell_key(value: Any) -> tuple[str, Any]:
    if isinstance(value, int | float | Decimal):
        return ("number", float(f"{value:.7g}"))
    return (type(value).__name__, str(value))


def same_row(wanted: Row, got: Row) -> bool:
    return len(wanted) == len(got) and all(map(same_value, wanted, got))


def same_value(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(got, bool):
        return wanted is got
    if isinstance(wanted, tuple) and isinstance(got, tuple):
        return same_row(wanted, got)
    if isinstance(wanted, float) or isinstance(got, float):
        return same_float(wanted, got)
    return bool(wanted == got)


def same_float(wanted: Any, got: Any) -> bool:
    if not all(isinstance(value, int | float | Decimal) for value in (wanted, got)):
        return False
    a, b = float(wanted), float(got)
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
