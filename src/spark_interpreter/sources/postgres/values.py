"""Values of columns: how a query asks for them, and what Arrow makes of them."""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from spark_interpreter.sources.postgres.types import PostgresColumn


class UnfitValue(Exception):
    """A value that its column's Spark type has no place for."""


def select_list(columns: Sequence[PostgresColumn], repaired: frozenset[str]) -> str:
    """The values of columns; of those in `repaired` what has no place is null."""
    return _listed(columns, lambda c: c.value(repaired=c.name in repaired))


def bulk_list(columns: Sequence[PostgresColumn], repaired: frozenset[str]) -> str:
    """The values of columns, as they travel in bulk: numbers as they are, the others as text."""
    return _listed(columns, lambda c: _travelling(c, c.value(repaired=c.name in repaired)))


def _listed(columns: Sequence[PostgresColumn], write: Callable[[PostgresColumn], str]) -> str:
    return ", ".join(map(write, columns)) or "1"


def _travelling(column: PostgresColumn, value: str) -> str:
    if column.kind in {"text", "varchar"}:
        return value
    if column.form == "text":
        # As the server writes it: a cast would trim char(n) and complete addresses.
        return f"CASE WHEN ({value}) IS NOT NULL THEN format('%s', {value}) END"
    if column.form != "plain":
        return f"({value})::text"
    if column.kind == "bit":
        return f"({value})::int <> 0"
    return f"({value})::bigint" if column.kind == "oid" else value


def converted(values: Any, wanted: Any) -> Any:
    """Values of the wanted Arrow type, from those or from the text they travel as."""
    if pa.types.is_binary(wanted):
        return pa.array([None if v is None else bytes.fromhex(v) for v in values.to_pylist()],
                        wanted)  # fmt: skip
    if pa.types.is_list(wanted):
        return pa.array([_list(v, wanted.value_type) for v in values.to_pylist()], wanted)
    return values.cast(wanted)


def _list(text: str | None, element: Any) -> list[Any] | None:
    """An array written as JSON."""
    if text is None:
        return None
    if pa.types.is_decimal(element):
        quantum = Decimal(1).scaleb(-element.scale)
        found = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        return [None if v is None else v.quantize(quantum) for v in found]
    values: list[Any] = json.loads(text)
    if pa.types.is_date(element):
        from datetime import date

        return [None if v is None else date.fromisoformat(v) for v in values]
    if pa.types.is_floating(element):
        return [None if v is None else float(v) for v in values]
    if pa.types.is_string(element):
        return [v if v is None or isinstance(v, str) else json.dumps(v) for v in values]
    return values
