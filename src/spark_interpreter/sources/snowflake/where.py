"""Conditions in Spark SQL, as Snowflake's SQL says the same.

Only what means the same in both is translated; of conditions that all have to hold, those that
cannot be translated are left out: more rows arrive, and the script filters them itself.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlglot import exp

from spark_interpreter.sources.predicate import SqlDialect, Unlike
from spark_interpreter.sources.snowflake.names import literal, quoted
from spark_interpreter.sources.snowflake.types import SnowflakeType

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


def translated(where: str, columns: Mapping[str, tuple[str, SnowflakeType]]) -> str:
    """A condition in Snowflake's SQL that holds wherever `where` does; empty if there is none.

    Args:
        columns: the stored name and type of each column, by its name in scripts.
    """
    return _Snowflake(columns).pushed(where) or ""


class _Snowflake(SqlDialect):
    def __init__(self, columns: Mapping[str, tuple[str, SnowflakeType]]) -> None:
        self._columns = {name.lower(): about for name, about in columns.items()}

    def missing(self, value: exp.Expr) -> str:
        name, kind = self._column(value)
        if kind.kind not in _NULLABLE:
            raise Unlike
        return f"{name} IS NULL"

    def alone(self, node: exp.Expr) -> str:
        name, kind = self._column(node)
        if kind.kind != "BOOLEAN":
            raise Unlike
        return name

    def compared(self, value: exp.Expr, sign: str, other: exp.Expr, *, exact: bool) -> str:
        if sign == "<=>":
            raise Unlike
        if part := _PARTS.get(type(value)):
            name, kind = self._column(_undated(value.this))
            if kind.kind not in {"DATE", "TIMESTAMP_NTZ"}:
                raise Unlike
            return f"{part}({name}) {sign} {_number(other)}"
        name, kind = self._column(value)
        if kind.kind in _NUMERIC:
            return f"{name} {sign} {_number(other)}"
        if kind.kind == "TEXT" and not kind.collation and sign in {"=", "<>"}:
            return f"{name} {sign} {literal(_text(other))}"
        if kind.kind == "BOOLEAN" and isinstance(other, exp.Boolean) and sign in {"=", "<>"}:
            return f"{name} {sign} {'TRUE' if other.this else 'FALSE'}"
        if kind.kind == "DATE":
            return f"{name} {sign} {literal(_day(other))}::DATE"
        if kind.kind == "TIMESTAMP_NTZ" or kind.kind in _ZONED:
            if kind.kind in _ZONED:
                name = f"CONVERT_TIMEZONE('UTC', {name})::TIMESTAMP_NTZ"
            return _at(name, sign, _moment(other), exact=exact)
        raise Unlike

    def _column(self, tree: exp.Expr) -> tuple[str, SnowflakeType]:
        """The quoted name and the type of a column."""
        tree = tree.unnest()
        if not isinstance(tree, exp.Column) or tree.name.lower() not in self._columns:
            raise Unlike
        name, kind = self._columns[tree.name.lower()]
        return quoted(name), kind


def _at(name: str, operator: str, moment: datetime, *, exact: bool) -> str:
    """A comparison with a point in time.

    Snowflake keeps nanoseconds where Spark reads microseconds, so "at" is "within a microsecond".
    """
    if operator in {"<", ">="}:
        return f"{name} {operator} {_stamp(moment)}"
    if exact or operator == "<>":
        raise Unlike
    after = _stamp(moment + timedelta(microseconds=1))
    if operator == ">":
        return f"{name} >= {after}"
    if operator == "<=":
        return f"{name} < {after}"
    return f"({name} >= {_stamp(moment)} AND {name} < {after})"


def _stamp(moment: datetime) -> str:
    return f"{literal(moment.isoformat(sep=' '))}::TIMESTAMP_NTZ"


def _undated(tree: exp.Expr) -> exp.Expr:
    """The argument of a part of a date, without the cast that the parser puts around it."""
    return tree.this if isinstance(tree, exp.TsOrDsToDate) else tree


def _number(tree: exp.Expr) -> str:
    sign = ""
    if isinstance(tree, exp.Neg):
        sign, tree = "-", tree.this
    if not isinstance(tree, exp.Literal) or tree.is_string or not _NUMBER.fullmatch(tree.this):
        raise Unlike
    return sign + str(tree.this)


def _text(tree: exp.Expr) -> str:
    if not isinstance(tree, exp.Literal) or not tree.is_string:
        raise Unlike
    return str(tree.this)


def _day(tree: exp.Expr) -> str:
    """A date, written as one; a point in time would be compared as such."""
    if isinstance(tree, exp.Cast):
        if tree.to.this != exp.DType.DATE:
            raise Unlike
        tree = tree.this
    text = _text(tree)
    if not _DATE.fullmatch(text):
        raise Unlike
    return text


def _moment(tree: exp.Expr) -> datetime:
    if isinstance(tree, exp.Cast):
        if tree.to.this not in {
            exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPNTZ,
            exp.DType.TIMESTAMPLTZ,
        }:  # fmt: skip
            raise Unlike
        day_only = tree.to.this == exp.DType.DATE
        tree = tree.this
    else:
        day_only = False
    text = _text(tree)
    if not _DATE.fullmatch(text) and (day_only or not _TIME.fullmatch(text)):
        raise Unlike
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Unlike from None
