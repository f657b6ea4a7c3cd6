"""Conditions in Spark SQL as Arrow expressions, as far as both mean the same.

What is left out lets more rows through, never fewer: NaN is larger than any number in Spark and
unordered in Arrow, so it always passes; points in time are compared with room for any zone.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from spark_interpreter.sources.predicate import Value, conjuncts, evaluate, parsed

_ZONE_ROOM = timedelta(hours=26)
_SWAPPED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE, exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
}  # fmt: skip


def arrow_filter(where: str | None, names: Mapping[str, str], schema: Any) -> Any:
    """The expression; None if nothing of the condition can be told.

    Args:
        names: the file's name for each column, by the column's name in lower case.
        schema: of the file (pyarrow).
    """
    tree = parsed(where) if where else None
    if tree is None:
        return None
    parts = [_condition(part, names, schema) for part in conjuncts(tree)]
    whole = None
    for part in parts:
        if part is not None:
            whole = part if whole is None else whole & part
    return whole


def _condition(node: exp.Expr, names: Mapping[str, str], schema: Any) -> Any:
    """One condition as an expression that holds for at least its rows; None if that is not sure."""
    if isinstance(node, exp.Paren):
        return _condition(node.this, names, schema)
    if isinstance(node, exp.And | exp.Or):
        return _joined(node, names, schema)
    if isinstance(node, exp.Not | exp.Is):
        return _presence(node, names, schema)
    column = node.this
    if isinstance(node, exp.In) and isinstance(column, exp.Column) and node.expressions:
        return _any_of([_compared(exp.EQ, column, e, names, schema) for e in node.expressions])
    return _comparison(node, names, schema)


def _joined(node: exp.And | exp.Or, names: Mapping[str, str], schema: Any) -> Any:
    left = _condition(node.left, names, schema)
    right = _condition(node.right, names, schema)
    if isinstance(node, exp.Or):
        return None if left is None or right is None else left | right
    return right if left is None else left if right is None else left & right


def _presence(node: exp.Expr, names: Mapping[str, str], schema: Any) -> Any:
    """`column IS NULL` and `NOT column IS NULL`."""
    test = node.this if isinstance(node, exp.Not) else node
    if not isinstance(test, exp.Is) or not isinstance(test.this, exp.Column):
        return None
    field = _field(test.this, names, schema)
    if field is None or not isinstance(test.expression, exp.Null):
        return None
    return field[0].is_valid() if isinstance(node, exp.Not) else field[0].is_null()


def _comparison(node: exp.Expr, names: Mapping[str, str], schema: Any) -> Any:
    """A column compared with literals."""
    if isinstance(node, exp.Between) and isinstance(node.this, exp.Column):
        low = _compared(exp.GTE, node.this, node.args["low"], names, schema)
        high = _compared(exp.LTE, node.this, node.args["high"], names, schema)
        return high if low is None else low if high is None else low & high
    if not isinstance(node, exp.Binary) or type(node) not in _SWAPPED:
        return None
    if isinstance(node.left, exp.Column):
        return _compared(type(node), node.left, node.right, names, schema)
    if isinstance(node.right, exp.Column):
        return _compared(_SWAPPED[type(node)], node.right, node.left, names, schema)
    return None


def _any_of(parts: list[Any]) -> Any:
    whole = None
    for part in parts:
        if part is None:
            return None
        whole = part if whole is None else whole | part
    return whole


def _field(column: exp.Column, names: Mapping[str, str], schema: Any) -> tuple[Any, Any] | None:
    """A column of the file and its type."""
    name = names.get(column.name.lower())
    return None if name is None else (pc.field(name), schema.field(name).type)


def _compared(
    kind: type[exp.Expr],
    column: exp.Column,
    other: exp.Expr,
    names: Mapping[str, str],
    schema: Any,
) -> Any:
    found = _field(column, names, schema)
    if found is None:
        return None
    field, stored = found
    value = evaluate(other, {})
    if pa.types.is_timestamp(stored):
        return _moment(kind, field, stored, value)
    constant = _constant(value, stored)
    if constant is None:
        return None
    test = _TESTS[kind](field, constant)
    floating = pa.types.is_floating(stored) and kind in {exp.GT, exp.GTE}
    return test | pc.is_nan(field) if floating else test


def _constant(value: Value, stored: Any) -> Any:
    """The literal in the column's type; None where Spark would compare them in another way."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if pa.types.is_integer(stored) and whole:
        return pa.scalar(value, pa.int64()) if -(1 << 63) <= int(str(value)) < 1 << 63 else None
    if (
        pa.types.is_float64(stored)
        and isinstance(value, int | Decimal)
        and not isinstance(value, bool)
    ):
        return pa.scalar(float(value))
    if pa.types.is_string(stored) and isinstance(value, str):
        return pa.scalar(value)
    if pa.types.is_date32(stored):
        return _day(value)
    return pa.scalar(value) if pa.types.is_boolean(stored) and isinstance(value, bool) else None


def _day(value: Value) -> Any:
    if isinstance(value, str):
        value = evaluate(exp.cast(exp.Literal.string(value), exp.DType.DATE), {})
    plain = isinstance(value, date) and not isinstance(value, datetime)
    return pa.scalar(value, pa.date32()) if plain else None


def _moment(kind: type[exp.Expr], field: Any, stored: Any, value: Value) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - in any zone
    if not isinstance(value, datetime):
        return None
    zone = UTC if stored.tz else None
    low, high = ((value + room).replace(tzinfo=zone) for room in (-_ZONE_ROOM, _ZONE_ROOM))
    above, below = field >= pa.scalar(low, stored), field <= pa.scalar(high, stored)
    if kind in {exp.GT, exp.GTE}:
        return above
    if kind in {exp.LT, exp.LTE}:
        return below
    return above & below if kind is exp.EQ else None


_TESTS: dict[type[exp.Expr], Any] = {
    exp.EQ: lambda a, b: a == b,
    exp.NEQ: lambda a, b: a != b,
    exp.GT: lambda a, b: a > b,
    exp.GTE: lambda a, b: a >= b,
    exp.LT: lambda a, b: a < b,
    exp.LTE: lambda a, b: a <= b,
}
