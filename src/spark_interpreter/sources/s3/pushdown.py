"""Conditions in Spark SQL as filters of Arrow, where both mean exactly the same.

Left out is what Arrow sees differently: floating point (NaN), decimals, functions, casts.
A condition's parts that are left out keep more rows, never fewer.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import reduce
from operator import and_, or_
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from spark_interpreter.model.types import family

_COMPARED: dict[type[exp.Expr], Callable[[Any, Any], Any]] = {
    exp.EQ: lambda a, b: a == b,
    exp.NEQ: lambda a, b: a != b,
    exp.LT: lambda a, b: a < b,
    exp.LTE: lambda a, b: a <= b,
    exp.GT: lambda a, b: a > b,
    exp.GTE: lambda a, b: a >= b,
}
_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE,
}  # fmt: skip
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?")
_LONG = 2**63


class _Unknown(Exception):
    """A condition that may mean something else to Arrow."""


def arrow_filter(where: str | None, types: Mapping[str, str]) -> Any | None:
    """The parts of a condition that Arrow can apply to these columns; None if there are none.

    Args:
        types: Spark SQL types of the columns.
    """
    if not where:
        return None
    try:
        condition = sqlglot.parse_one(where, read="spark")
    except SqlglotError:
        return None
    columns = {name.casefold(): (name, kind) for name, kind in types.items()}
    found = []
    for part in _parts(condition):
        try:
            found.append(_translated(part, columns))
        except (_Unknown, ValueError):
            continue
    return reduce(and_, found) if found else None


def _parts(condition: exp.Expr) -> list[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        return [*_parts(condition.left), *_parts(condition.right)]
    return [condition]


def _translated(node: exp.Expr, columns: Mapping[str, tuple[str, str]]) -> Any:
    node = node.unnest()
    if isinstance(node, exp.And | exp.Or):
        left, right = (_translated(side, columns) for side in (node.left, node.right))
        return left & right if isinstance(node, exp.And) else left | right
    if isinstance(node, exp.Not):
        return ~_translated(node.this, columns)
    if type(node) in _COMPARED:
        return _comparison(node, columns)
    return _membership(node, columns)


def _membership(node: exp.Expr, columns: Mapping[str, tuple[str, str]]) -> Any:
    if not isinstance(node, exp.Is | exp.Between | exp.In):
        raise _Unknown
    name, kind = _column(node.this, columns)
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return pc.field(name).is_null()
    if isinstance(node, exp.Between):
        low, high = (_scalar(node.args[end], kind) for end in ("low", "high"))
        return (pc.field(name) >= low) & (pc.field(name) <= high)
    if isinstance(node, exp.In) and node.expressions:
        values = [_scalar(value, kind) for value in node.expressions]
        return reduce(or_, (pc.field(name) == value for value in values))
    raise _Unknown


def _comparison(node: exp.Expr, columns: Mapping[str, tuple[str, str]]) -> Any:
    left, right, kind = node.this.unnest(), node.expression.unnest(), type(node)
    if not isinstance(left, exp.Column):
        left, right, kind = right, left, _MIRRORED.get(kind, kind)
    name, column_type = _column(left, columns)
    return _COMPARED[kind](pc.field(name), _scalar(right, column_type))


def _column(node: exp.Expr, columns: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    node = node.unnest()
    if not isinstance(node, exp.Column) or node.name.casefold() not in columns:
        raise _Unknown
    return columns[node.name.casefold()]


def _scalar(node: exp.Expr, kind: str) -> Any:
    """A literal as a value of a column's type.

    Raises:
        _Unknown: it is of another type, or compared in another way.
    """
    value = _literal(node)
    match family(kind), value:
        case "integer", bool():
            raise _Unknown
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
    raise _Unknown


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
        raise _Unknown
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Literal):
        return str(node.this) if node.is_string else int(node.this)
    if isinstance(node, exp.Cast | exp.TsOrDsToDate | exp.Date | exp.Timestamp):
        return _time(node)
    raise _Unknown


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
    raise _Unknown
