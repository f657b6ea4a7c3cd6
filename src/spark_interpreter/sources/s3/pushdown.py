"""Conditions in Spark SQL as filters of Arrow, where both mean exactly the same.

Left out is what Arrow sees differently: floating point (NaN), decimals, functions, casts.
A condition's parts that are left out keep more rows, never fewer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from spark_interpreter.model.types import family
from spark_interpreter.sources.predicate import Dialect, Unlike

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?")
_LONG = 2**63


def arrow_filter(where: str | None, types: Mapping[str, str]) -> Any | None:
    """The parts of a condition that Arrow can apply to these columns; None if there are none.

    Args:
        types: Spark SQL types of the columns.
    """
    return _Arrow(types).pushed(where)


class _Arrow(Dialect[Any]):
    def __init__(self, types: Mapping[str, str]) -> None:
        self._columns = {name.casefold(): (name, kind) for name, kind in types.items()}

    def conjunction(self, parts: Sequence[Any]) -> Any:
        return reduce(and_, parts)

    def disjunction(self, parts: Sequence[Any]) -> Any:
        return reduce(or_, parts)

    def negation(self, part: Any) -> Any:
        return ~part

    def missing(self, value: exp.Expr) -> Any:
        name, _ = self._column(value)
        return pc.field(name).is_null()

    def compared(self, value: exp.Expr, sign: str, other: exp.Expr, *, exact: bool) -> Any:
        del exact
        name, kind = self._column(value)
        if sign not in _COMPARED:
            raise Unlike
        return _COMPARED[sign](pc.field(name), _scalar(other, kind))

    def _column(self, node: exp.Expr) -> tuple[str, str]:
        if not isinstance(node, exp.Column) or node.name.casefold() not in self._columns:
            raise Unlike
        return self._columns[node.name.casefold()]


def _scalar(node: exp.Expr, kind: str) -> Any:
    """A literal as a value of a column's type.

    Raises:
        Unlike: it is of another type, or compared in another way.
    """
    try:
        value = _literal(node)
    except ValueError:  # a fraction, no day of the calendar
        raise Unlike from None
    match family(kind), value:
        case "integer", bool():
            raise Unlike
        case "integer", int() if -_LONG <= value < _LONG:
            return pa.scalar(value, pa.int64())
        case "text", str() if kind == "string":
            return pa.scalar(value)
        case "boolean", bool():
            return pa.scalar(value)
        case "date", date() if not isinstance(value, datetime):
            return pa.scalar(value, pa.date32())
        case "timestamp", date():
            return _moment(value, kind)
    raise Unlike


def _moment(value: date, kind: str) -> Any:
    """A moment; sessions of our scripts are in UTC."""
    at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    if kind == "timestamp":
        return pa.scalar(at.replace(tzinfo=UTC), pa.timestamp("us", tz="UTC"))
    return pa.scalar(at, pa.timestamp("us"))


def _literal(node: exp.Expr) -> bool | int | str | date:
    node = node.unnest()
    if isinstance(node, exp.Neg):
        value = _literal(node.this)
        if isinstance(value, int) and not isinstance(value, bool):
            return -value
        raise Unlike
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Literal):
        return str(node.this) if node.is_string else int(node.this)
    if isinstance(node, exp.Cast | exp.TsOrDsToDate | exp.Date | exp.Timestamp):
        return _time(node)
    raise Unlike


def _time(node: exp.Expr) -> date:
    text = node.this.this if isinstance(node.this, exp.Literal) and node.this.is_string else ""
    is_date = isinstance(node, exp.TsOrDsToDate | exp.Date) or (
        isinstance(node, exp.Cast) and node.to.is_type("date")
    )
    is_moment = isinstance(node, exp.Timestamp) or (
        isinstance(node, exp.Cast)
        and node.to.is_type("timestamp", "timestamptz", "timestampltz", "timestampntz", "datetime")
    )
    if is_date and _DAY.fullmatch(text):
        return date.fromisoformat(text)
    if is_moment and (_MOMENT.fullmatch(text) or _DAY.fullmatch(text)):
        return datetime.fromisoformat(text)
    raise Unlike
