"""Conditions of a script as conditions of PostgreSQL, where both mean the same."""

import re
from collections.abc import Mapping

from sqlglot import exp

from spark_interpreter.model.types import family
from spark_interpreter.sources.postgres.quoting import literal
from spark_interpreter.sources.postgres.types import PostgresColumn
from spark_interpreter.sources.predicate import SqlDialect, Unlike

_PARTS: dict[type[exp.Expr], str] = {
    exp.Year: "year", exp.Month: "month", exp.Day: "day", exp.DayOfMonth: "day",
    exp.Quarter: "quarter", exp.Hour: "hour", exp.Minute: "minute",
}  # fmt: skip
_UNITS = {"year", "quarter", "month", "week", "day", "hour", "minute", "second"}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?"
)
_NUMBER = re.compile(r"-?[0-9]{1,38}(\.[0-9]{1,38})?")


def pushed_condition(
    where: str | None, columns: Mapping[str, PostgresColumn], repaired: frozenset[str]
) -> str | None:
    """A condition of PostgreSQL that holds for every row that `where` (Spark SQL) holds for.

    Parts without a counterpart of the same meaning are left out: text in order (collations),
    arithmetic (overflow, division), patterns with escapes, functions but the parts of dates.

    Args:
        columns: by their name in scripts.
        repaired: columns whose values without a place in Spark become null.

    Returns:
        None where nothing of it can be asked there.
    """
    return _Postgres({n.lower(): c for n, c in columns.items()}, repaired).pushed(where)


class _Postgres(SqlDialect):
    def __init__(self, columns: Mapping[str, PostgresColumn], repaired: frozenset[str]) -> None:
        self._columns = columns
        self._repaired = repaired

    def missing(self, value: exp.Expr) -> str:
        return f"{self._value(value)[0]} IS NULL"

    def compared(self, value: exp.Expr, sign: str, other: exp.Expr, *, exact: bool) -> str:
        del exact
        found, kind = self._value(value)
        if kind == "text" and sign not in {"=", "<>", "<=>"}:
            raise Unlike
        word = "IS NOT DISTINCT FROM" if sign == "<=>" else sign
        return f"{found} {word} {_constant(other, kind)}"

    def alone(self, node: exp.Expr) -> str:
        if isinstance(node, exp.Boolean):
            return "true" if node.this else "false"
        value, kind = self._value(node)
        if kind != "boolean":
            raise Unlike
        return value

    def _value(self, node: exp.Expr) -> tuple[str, str]:
        """The expression of a column or a part of a date, and its family."""
        node = node.unnest()
        if isinstance(node, exp.Column) and not node.table:
            return self._column(node.name)
        if type(node) in _PARTS:
            inner, kind = self._date(node.this)
            return f"extract({_PARTS[type(node)]} FROM {inner})", "integer"
        if isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
            unit = str(node.args["unit"].name).lower()
            inner, _ = self._date(node.this)
            if unit not in _UNITS:
                raise Unlike
            return f"date_trunc('{unit}', ({inner})::timestamp)", "timestamp"
        if isinstance(node, exp.Cast | exp.TsOrDsToDate):
            to = node.args.get("to")
            wanted = "date" if to is None else family(to.sql("spark").lower())
            inner, kind = self._value(node.this)
            if kind == wanted and kind in {"date", "timestamp", "boolean"}:
                return inner, kind
            if wanted in {"date", "timestamp"} and kind in {"date", "timestamp"}:
                return f"({inner})::{wanted}", wanted
        raise Unlike

    def _date(self, node: exp.Expr) -> tuple[str, str]:
        inner, kind = self._value(node)
        if kind not in {"date", "timestamp"}:
            raise Unlike
        return inner, kind

    def _column(self, name: str) -> tuple[str, str]:
        column = self._columns.get(name.lower())
        if column is None:
            raise Unlike
        value = column.comparable(repaired=column.name in self._repaired)
        if value is None:
            raise Unlike
        return value, family(column.type)


def _constant(node: exp.Expr, kind: str) -> str:
    """A constant that Spark compares with a column of this family as PostgreSQL does."""
    node = node.unnest()
    text, says = _spoken(node)
    if kind == "text" and says == "text":
        if "\x00" in text:
            raise Unlike
        return literal(text)
    if kind in {"integer", "decimal", "float"} and says == "number" and _NUMBER.fullmatch(text):
        return text
    if kind == "boolean" and says == "boolean":
        return text
    if kind in {"date", "timestamp"}:
        if says in {"date", "text"} and _DATE.fullmatch(text) and _sensible(text):
            return f"DATE '{text}'" if kind == "date" else f"TIMESTAMP '{text}'"
        clock = says == "timestamp" or (kind == "timestamp" and says == "text")
        if clock and _TIMESTAMP.fullmatch(text) and _sensible(text[:10]):
            return f"TIMESTAMP '{text}'"
    raise Unlike


def _spoken(node: exp.Expr) -> tuple[str, str]:
    """A constant's text, and what it says it is."""
    if isinstance(node, exp.Literal):
        return node.name, "text" if node.is_string else "number"
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return f"-{node.this.name}", "number"
    if isinstance(node, exp.Boolean):
        return ("true" if node.this else "false"), "boolean"
    if isinstance(node, exp.Cast | exp.TsOrDsToDate) and isinstance(node.this, exp.Literal):
        to = node.args.get("to")
        wanted = "date" if to is None else family(to.sql("spark").lower())
        if wanted in {"date", "timestamp"} and node.this.is_string:
            return node.this.name, wanted
        if wanted in {"integer", "decimal"} and not node.this.is_string:
            if "." in node.this.name:  # the cast would change it
                raise Unlike
            return node.this.name, "number"
        if wanted == "text" and node.this.is_string:
            return node.this.name, "text"
    if isinstance(node, exp.Date) and isinstance(node.this, exp.Literal):
        return node.this.name, "date"
    raise Unlike


def _sensible(day: str) -> bool:
    from datetime import date

    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True
