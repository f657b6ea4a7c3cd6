"""Conditions in Spark SQL, as Snowflake's SQL says the same.

Only what means the same in both is translated; of conditions that all have to hold, those that
cannot be translated are left out: more rows arrive, and the script filters them itself.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from spark_interpreter.sources.snowflake.names import literal, quoted
from spark_interpreter.sources.snowflake.types import SnowflakeType

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
}  # fmt: skip
_MIRRORED = {"=": "=", "<>": "<>", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
_PARTS: dict[type[exp.Expr], str] = {
    exp.Year: "YEAR", exp.Quarter: "QUARTER", exp.Month: "MONTH",
    exp.Day: "DAY", exp.DayOfMonth: "DAY",
}  # fmt: skip
_NUMBER = re.compile(r"\d{1,18}(\.\d{1,18})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?")
_NUMERIC = {"FIXED", "REAL"}
_ZONED = {"TIMESTAMP_TZ", "TIMESTAMP_LTZ"}
_NULLABLE = {"FIXED", "REAL", "TEXT", "BOOLEAN", "DATE", "TIME", "BINARY", "TIMESTAMP_NTZ"} | _ZONED


class _Untranslatable(Exception):
    """What the condition says cannot be said, or not surely the same."""


def translated(where: str, columns: Mapping[str, tuple[str, SnowflakeType]]) -> str:
    """A condition in Snowflake's SQL that holds wherever `where` does; empty if there is none.

    Args:
        columns: the stored name and type of each column, by its name in scripts.
    """
    try:
        tree = parse_one(where, dialect="spark")
        return _weaker(tree, {name.lower(): about for name, about in columns.items()})
    except (_Untranslatable, SqlglotError, RecursionError):
        return ""


Columns = Mapping[str, tuple[str, SnowflakeType]]


def _weaker(tree: exp.Expr, columns: Columns) -> str:
    """A condition that holds at least where the tree does."""
    if isinstance(tree, exp.Paren):
        return _weaker(tree.this, columns)
    if isinstance(tree, exp.And):
        sides = []
        for side in (tree.left, tree.right):
            try:
                sides.append(_weaker(side, columns))
            except _Untranslatable:
                continue
        if not sides:
            raise _Untranslatable
        return " AND ".join(sides)
    if isinstance(tree, exp.Or):
        return f"({_weaker(tree.left, columns)} OR {_weaker(tree.right, columns)})"
    if isinstance(tree, exp.Between):
        low = exp.GTE(this=tree.this, expression=tree.args["low"])
        high = exp.LTE(this=tree.this, expression=tree.args["high"])
        return _weaker(exp.And(this=low, expression=high), columns)
    return _atom(tree, columns, exact=False)


def _exact(tree: exp.Expr, columns: Columns) -> str:
    """A condition that is true, false and unknown where the tree is."""
    if isinstance(tree, exp.Paren):
        return _exact(tree.this, columns)
    if isinstance(tree, exp.And | exp.Or):
        word = "AND" if isinstance(tree, exp.And) else "OR"
        return f"({_exact(tree.left, columns)} {word} {_exact(tree.right, columns)})"
    return _atom(tree, columns, exact=True)


def _atom(tree: exp.Expr, columns: Columns, *, exact: bool) -> str:
    if isinstance(tree, exp.Not):
        return f"NOT ({_exact(tree.this, columns)})"
    if isinstance(tree, exp.Is) and isinstance(tree.expression, exp.Null):
        name, kind = _column(tree.this, columns)
        if kind.kind not in _NULLABLE:
            raise _Untranslatable
        return f"{name} IS NULL"
    if isinstance(tree, exp.Column):
        name, kind = _column(tree, columns)
        if kind.kind != "BOOLEAN":
            raise _Untranslatable
        return name
    if isinstance(tree, exp.In) and tree.expressions:
        equal = [exp.EQ(this=tree.this, expression=each) for each in tree.expressions]
        return f"({' OR '.join(_atom(each, columns, exact=exact) for each in equal)})"
    if operator := _COMPARISONS.get(type(tree)):
        left, right = tree.this, tree.expression
        if not left.find(exp.Column):
            left, right, operator = right, left, _MIRRORED[operator]
        return _compared(left, operator, right, columns, exact=exact)
    raise _Untranslatable


def _compared(
    left: exp.Expr, operator: str, right: exp.Expr, columns: Columns, *, exact: bool
) -> str:
    if part := _PARTS.get(type(left)):
        name, kind = _column(_undated(left.this), columns)
        if kind.kind not in {"DATE", "TIMESTAMP_NTZ"}:
            raise _Untranslatable
        return f"{part}({name}) {operator} {_number(right)}"
    name, kind = _column(left, columns)
    if kind.kind in _NUMERIC:
        return f"{name} {operator} {_number(right)}"
    if kind.kind == "TEXT" and not kind.collation and operator in {"=", "<>"}:
        return f"{name} {operator} {literal(_text(right))}"
    if kind.kind == "BOOLEAN" and isinstance(right, exp.Boolean) and operator in {"=", "<>"}:
        return f"{name} {operator} {'TRUE' if right.this else 'FALSE'}"
    if kind.kind == "DATE":
        return f"{name} {operator} {literal(_day(right))}::DATE"
    if kind.kind == "TIMESTAMP_NTZ" or kind.kind in _ZONED:
        if kind.kind in _ZONED:
            name = f"CONVERT_TIMEZONE('UTC', {name})::TIMESTAMP_NTZ"
        return _at(name, operator, _moment(right), exact=exact)
    raise _Untranslatable


def _at(name: str, operator: str, moment: datetime, *, exact: bool) -> str:
    """A comparison with a point in time.

    Snowflake keeps nanoseconds where Spark reads microseconds, so "at" is "within a microsecond".
    """
    if operator in {"<", ">="}:
        return f"{name} {operator} {_stamp(moment)}"
    if exact or operator == "<>":
        raise _Untranslatable
    after = _stamp(moment + timedelta(microseconds=1))
    if operator == ">":
        return f"{name} >= {after}"
    if operator == "<=":
        return f"{name} < {after}"
    return f"({name} >= {_stamp(moment)} AND {name} < {after})"


def _stamp(moment: datetime) -> str:
    return f"{literal(moment.isoformat(sep=' '))}::TIMESTAMP_NTZ"


def _column(tree: exp.Expr, columns: Columns) -> tuple[str, SnowflakeType]:
    """The quoted name and the type of a column."""
    while isinstance(tree, exp.Paren):
        tree = tree.this
    if not isinstance(tree, exp.Column) or tree.name.lower() not in columns:
        raise _Untranslatable
    name, kind = columns[tree.name.lower()]
    return quoted(name), kind


def _undated(tree: exp.Expr) -> exp.Expr:
    """The argument of a part of a date, without the cast that the parser puts around it."""
    return tree.this if isinstance(tree, exp.TsOrDsToDate) else tree


def _number(tree: exp.Expr) -> str:
    sign = ""
    if isinstance(tree, exp.Neg):
        sign, tree = "-", tree.this
    if not isinstance(tree, exp.Literal) or tree.is_string or not _NUMBER.fullmatch(tree.this):
        raise _Untranslatable
    return sign + str(tree.this)


def _text(tree: exp.Expr) -> str:
    if not isinstance(tree, exp.Literal) or not tree.is_string:
        raise _Untranslatable
    return str(tree.this)


def _day(tree: exp.Expr) -> str:
    """A date, written as one; a point in time would be compared as such."""
    if isinstance(tree, exp.Cast):
        if tree.to.this != exp.DType.DATE:
            raise _Untranslatable
        tree = tree.this
    text = _text(tree)
    if not _DATE.fullmatch(text):
        raise _Untranslatable
    return text


def _moment(tree: exp.Expr) -> datetime:
    if isinstance(tree, exp.Cast):
        if tree.to.this not in {
            exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPNTZ,
            exp.DType.TIMESTAMPLTZ,
        }:  # fmt: skip
            raise _Untranslatable
        day_only = tree.to.this == exp.DType.DATE
        tree = tree.this
    else:
        day_only = False
    text = _text(tree)
    if not _DATE.fullmatch(text) and (day_only or not _TIME.fullmatch(text)):
        raise _Untranslatable
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise _Untranslatable from None
