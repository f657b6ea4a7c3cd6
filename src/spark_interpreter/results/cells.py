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

_ZERO_FRACTION = re.compile(r"\.0+(?=$|Z|[+-]\d\d:?\d\d$)")


def rows(table: "pa.Table | pa.RecordBatch") -> list[tuple[Cell, ...]]:
    """The table row by row."""
    columns = [column_cells(table.column(i)) for i in range(table.num_columns)]
    return list(zip(*columns, strict=True)) if columns else []


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
