"""Values of a result as JSON-ready cells: one form for documents, exports and charts."""

import base64
import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from spark_interpreter.model.result import Cell

if TYPE_CHECKING:
    import pyarrow as pa

_DOUBLE_DIGITS = 15
_FLOAT_DIGITS = 7
_SURE_DIGITS = 12
_NOISE = 1e-13
"""Relative error that additions of some thousand doubles leave."""

_ZERO_FRACTION = re.compile(r"\.0+(?=$|Z|[+-]\d\d:?\d\d$)")


def rows(table: "pa.Table | pa.RecordBatch") -> list[tuple[Cell, ...]]:
    """The table row by row."""
    columns = [column_cells(table.column(i)) for i in range(table.num_columns)]
    return list(zip(*columns, strict=True)) if columns else []


def shown_rows(table: "pa.Table") -> list[tuple[Cell, ...]]:
    """The table row by row, numbers without the noise of binary fractions."""
    columns = [_shown_cells(table.column(i)) for i in range(table.num_columns)]
    return list(zip(*columns, strict=True)) if columns else []


def _shown_cells(column: "pa.ChunkedArray") -> Sequence[Cell]:
    import pyarrow as pa

    cells = column_cells(column)
    if not pa.types.is_floating(column.type):
        return cells
    digits = _DOUBLE_DIGITS if pa.types.is_float64(column.type) else _FLOAT_DIGITS
    return [None if c is None else shown(c, digits) for c in cells]


def shown(value: float, digits: int = _DOUBLE_DIGITS) -> float:
    """The number in the digits its type really holds; fewer where the others are rounding noise.

    A sum of 0.1s that comes to 613689.0899999999 or 681704.600000001 is meant without the tail.
    """
    if value.is_integer():
        return value
    short = float(f"{value:.{_SURE_DIGITS}g}")
    rounded = float(f"{value:.{digits}g}")
    if abs(short - value) <= _NOISE * abs(value):
        return short
    return rounded if math.isfinite(rounded) else value


def column_cells(column: "pa.Array | pa.ChunkedArray") -> Sequence[Cell]:
    """One column.

    Dates and times are ISO text (instants end in Z), decimals text that keeps their digits,
    binary base64, maps and structs objects; NaN and the infinities become None.
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return [None if t is None else iso_text(t) for t in column.cast(pa.string()).to_pylist()]
    values: list[Any] = column.to_pylist(maps_as_pydicts="lossy")
    if pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_boolean(kind):
        return values
    return [cell(value) for value in values]


def iso_text(text: str) -> str:
    """Arrow's text of a date or timestamp in ISO form, without an empty fraction."""
    return _ZERO_FRACTION.sub("", text.replace(" ", "T", 1))


def cell(value: Any) -> Cell:  # noqa: PLR0911 one line for each type
    """One Python value as a cell."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return format(value, "f") if value.is_finite() else None
        case datetime():
            return _moment(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return _duration(value)
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case dict():
            return {_key(k): cell(v) for k, v in value.items()}
        case list() | tuple():
            return [cell(v) for v in value]
        case _:
            return str(value)


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _duration(value: timedelta) -> str:
    sign = "-" if value < timedelta(0) else ""
    size = abs(value)
    seconds = Decimal(size.seconds) + Decimal(size.microseconds) / 1_000_000
    days = f"{size.days}D" if size.days else ""
    clock = f"T{seconds.normalize():f}S" if seconds or not days else ""
    return f"{sign}P{days}{clock}"


def _key(value: Any) -> str:
    key = cell(value)
    return key if isinstance(key, str) else str(key)
