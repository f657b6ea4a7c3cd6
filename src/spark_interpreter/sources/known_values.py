"""Conditions in Spark SQL, judged with the values of some columns only.

Partitions are left out by it: a partition's values are known, those of its rows are not. Whatever
is not surely false stays, so a condition that is not understood costs bytes and nothing else.
"""

import calendar
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlglot import exp

from spark_interpreter.sources.predicate import Dialect, conjuncts


class Unknown(Enum):
    """What cannot be told."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN
Value = bool | int | Decimal | str | date | datetime | None | Unknown
"""A value of a column (None: missing), or that it is not known. Times are in the session's zone."""

_INTEGER = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?")
_INTEGER_RANGES = {
    exp.DType.TINYINT: 1 << 7,
    exp.DType.SMALLINT: 1 << 15,
    exp.DType.INT: 1 << 31,
    exp.DType.BIGINT: 1 << 63,
}
_UNITS = {
    "YEAR": "year", "YYYY": "year", "YY": "year", "QUARTER": "quarter", "MONTH": "month",
    "MON": "month", "MM": "month", "WEEK": "week", "DAY": "day", "DD": "day",
}  # fmt: skip


def surely_false(tree: exp.Expr, values: Mapping[str, Value]) -> bool:
    """Whether no row with these values can meet the condition.

    Args:
        values: by column name in lower case; columns that are not there are not known.
    """
    verdicts = (evaluate(part, values) for part in conjuncts(tree))
    return any(verdict is False or verdict is None for verdict in verdicts)


def evaluate(node: exp.Expr, values: "Values") -> Value:
    """The value of an expression as Spark has it; unknown where that is not sure."""
    try:
        return _Judge(values).value(node)
    except RecursionError:
        return UNKNOWN


Values = Mapping[str, Value]


class _Judge(Dialect[Value]):
    """Conditions as what they are for these values: true, false, missing or unknown."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def value(self, node: exp.Expr) -> Value:
        """Of a condition, or of an expression in one; most are columns and literals."""
        return self.alone(node) if type(node) in _RULES else self.said(node, exact=True)

    def conjunction(self, parts: Sequence[Value]) -> Value:
        return _joined(parts, decided=False)

    def disjunction(self, parts: Sequence[Value]) -> Value:
        return _joined(parts, decided=True)

    def negation(self, part: Value) -> Value:
        return not part if isinstance(part, bool) else None if part is None else UNKNOWN

    def missing(self, value: exp.Expr) -> Value:
        found = self.value(value)
        return UNKNOWN if found is UNKNOWN else found is None

    def compared(self, value: exp.Expr, sign: str, other: exp.Expr, *, exact: bool) -> Value:
        del exact
        left, right = self.value(value), self.value(other)
        if sign == "<=>":
            if left is UNKNOWN or right is UNKNOWN:
                return UNKNOWN
            if left is None or right is None:
                return left is right
        try:
            return _order(left, right, _TESTS[sign])
        except (ValueError, ArithmeticError, TypeError):
            return UNKNOWN

    def alone(self, node: exp.Expr) -> Value:
        rule = _RULES.get(type(node))
        try:
            return rule(node, self._values) if rule else UNKNOWN
        except (ValueError, ArithmeticError, TypeError):
            return UNKNOWN


def _joined(parts: Sequence[Value], *, decided: bool) -> Value:
    """And, Or: one part of the deciding value is enough."""
    if any(part is decided for part in parts):
        return decided
    if UNKNOWN in parts:
        return UNKNOWN
    return None if None in parts else not decided


def _column(node: exp.Expr, values: Values) -> Value:
    return values.get(node.name.lower(), UNKNOWN)


def _literal(node: exp.Expr, _: Values) -> Value:
    if node.args["is_string"]:
        return str(node.this)
    return int(node.this) if _INTEGER.fullmatch(node.this) else Decimal(node.this)


def _is(node: exp.Expr, values: Values) -> Value:
    value, other = evaluate(node.this, values), evaluate(node.args["expression"], values)
    return UNKNOWN if value is UNKNOWN or other is UNKNOWN else value is other


def _order(left: Value, right: Value, test: Callable[[Any, Any], bool]) -> bool | Unknown | None:
    if left is None or right is None:
        return None
    pair = _alike(left, right)
    return UNKNOWN if pair is None else test(*pair)


def _alike(left: Value, right: Value) -> tuple[Any, Any] | None:
    """Both as values of one type, as Spark's comparison casts them; None if that is not sure."""
    if UNKNOWN in {left, right}:
        return None
    if isinstance(left, str) and not isinstance(right, str):
        return _pair(_from_text(left, right), right)
    if isinstance(right, str) and not isinstance(left, str):
        return _pair(left, _from_text(right, left))
    if isinstance(left, datetime) != isinstance(right, datetime):
        left, right = _midnight(left), _midnight(right)
    numbers = isinstance(left, int | Decimal) and isinstance(right, int | Decimal)
    same = type(left) is type(right)
    return (left, right) if same or (numbers and not _flags(left, right)) else None


def _flags(*values: Value) -> bool:
    return any(isinstance(value, bool) for value in values)


def _pair(left: Value, right: Value) -> tuple[Any, Any] | None:
    return None if UNKNOWN in {left, right} else (left, right)


def _midnight(value: Value) -> Value:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value


def _from_text(text: str, like: Value) -> Value:
    """A text cast to the type of another value; unknown where it is not written plainly."""
    if isinstance(like, bool):
        return UNKNOWN
    if isinstance(like, int):
        return int(text) if _INTEGER.fullmatch(text) else UNKNOWN
    if isinstance(like, Decimal):
        return Decimal(text) if _NUMBER.fullmatch(text) else UNKNOWN
    if isinstance(like, datetime):
        return _moment(text)
    return date.fromisoformat(text) if _DATE.fullmatch(text) else UNKNOWN


def _moment(text: str) -> Value:
    return (
        datetime.fromisoformat(text) if _TIME.fullmatch(text) or _DATE.fullmatch(text) else UNKNOWN
    )


def _cast(node: exp.Expr, values: Values) -> Value:
    value = evaluate(node.this, values)
    if value is None or value is UNKNOWN:
        return value
    kind = node.args["to"].this
    if kind in _INTEGER_RANGES:
        return _as_integer(value, _INTEGER_RANGES[kind])
    if kind == exp.DType.DATE:
        return _as_date(value)
    if kind in {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPNTZ}:
        return _moment(value) if isinstance(value, str) else _as_moment(value)
    if kind == exp.DType.TEXT and not node.args["to"].expressions:
        return _as_text(value)
    return UNKNOWN


def _as_integer(value: Value, limit: int) -> Value:
    if isinstance(value, str):
        value = int(value) if _INTEGER.fullmatch(value) else UNKNOWN
    if isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit:
        return value
    return UNKNOWN


def _as_date(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return date.fromisoformat(value) if _DATE.fullmatch(value) else UNKNOWN
    return value if isinstance(value, date) else UNKNOWN


def _as_moment(value: Value) -> Value:
    return _midnight(value) if isinstance(value, date) else UNKNOWN


def _as_text(value: Value) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | datetime):
        return UNKNOWN
    return str(value) if isinstance(value, int | date) else UNKNOWN


def _day(node: exp.Expr, values: Values) -> Value:
    """The argument of a function of dates."""
    value = evaluate(node.this, values)
    return value if value is None else _as_date(value)


def _part(read: Callable[[date], int]) -> "Rule":
    def rule(node: exp.Expr, values: Values) -> Value:
        day = _day(node, values)
        return read(day) if isinstance(day, date) else day

    return rule


def _extract(node: exp.Expr, values: Values) -> Value:
    read = _PARTS.get(node.this.name.upper())
    day = evaluate(node.args["expression"], values)
    day = day if day is None else _as_date(day)
    return read(day) if read and isinstance(day, date) else None if day is None else UNKNOWN


def _truncated(node: exp.Expr, values: Values) -> Value:
    unit = _UNITS.get(node.args["unit"].name.upper())
    day = _day(node, values)
    if day is None or not isinstance(day, date) or unit is None:
        return UNKNOWN if day is not None else None
    first = _first_day(day, unit)
    return first if isinstance(node, exp.DateTrunc) else _midnight(first)


def _first_day(day: date, unit: str) -> date:
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    month = {"year": 1, "quarter": day.month - (day.month - 1) % 3, "month": day.month}[unit]
    return day.replace(month=month, day=1)


def _make_date(node: exp.Expr, values: Values) -> Value:
    if node.name.lower() != "make_date" or len(node.expressions) != 3:
        return UNKNOWN
    parts = [evaluate(e, values) for e in node.expressions]
    if None in parts:
        return None
    numbers = [_as_integer(part, 1 << 31) for part in parts]
    if UNKNOWN in numbers:
        return UNKNOWN
    year, month, day = (int(n) for n in numbers)  # type: ignore[arg-type]
    return date(year, month, day)


def _concat(node: exp.Expr, values: Values) -> Value:
    parts = [evaluate(e, values) for e in node.expressions]
    texts = [part if part is None else _as_text(part) for part in parts]
    if UNKNOWN in texts:
        return UNKNOWN
    return None if None in texts else "".join(str(text) for text in texts)


def _padded(node: exp.Expr, values: Values) -> Value:
    text, width = evaluate(node.this, values), evaluate(node.expression, values)
    fill = evaluate(node.args["fill_pattern"], values) if node.args.get("fill_pattern") else " "
    text = text if text is None else _as_text(text)
    if not node.args.get("is_left") or not isinstance(width, int) or fill not in {"0", " "}:
        return UNKNOWN
    return text.rjust(width, str(fill))[:width] if isinstance(text, str) else text


def _sum(sign: int) -> "Rule":
    def rule(node: exp.Expr, values: Values) -> Value:
        left = evaluate(node.args["this"], values)
        step = node.args["expression"]
        if isinstance(step, exp.Interval):
            return _shifted(left, step, sign)
        right = evaluate(step, values)
        return _whole(left, right, lambda a, b: a + sign * b)

    return rule


def _product(node: exp.Expr, values: Values) -> Value:
    sides = evaluate(node.args["this"], values), evaluate(node.args["expression"], values)
    return _whole(*sides, lambda a, b: a * b)


def _negative(node: exp.Expr, values: Values) -> Value:
    value = evaluate(node.this, values)
    return -value if isinstance(value, int | Decimal) and not _flags(value) else UNKNOWN


def _whole(left: Value, right: Value, combine: Callable[[int, int], int]) -> Value:
    """Arithmetic of whole numbers that no type of theirs overflows."""
    if not isinstance(left, int) or not isinstance(right, int) or _flags(left, right):
        return UNKNOWN
    return _as_integer(combine(left, right), 1 << 31)


def _shifted(value: Value, step: exp.Expr, sign: int) -> Value:
    """A date some days, months or years later."""
    number, unit = step.this.name, step.args["unit"].name.upper().removesuffix("S")
    if not isinstance(value, date) or not _INTEGER.fullmatch(number):
        return UNKNOWN
    count = sign * int(number)
    if unit == "DAY":
        return value + timedelta(days=count)
    if unit not in {"MONTH", "YEAR"}:
        return UNKNOWN
    months = value.year * 12 + value.month - 1 + count * (12 if unit == "YEAR" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return value.replace(year=year, month=month + 1, day=min(value.day, last))


Rule = Callable[[exp.Expr, Values], Value]

_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<=>": operator.eq, "<>": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

_PARTS: dict[str, Callable[[date], int]] = {
    "YEAR": lambda day: day.year,
    "QUARTER": lambda day: (day.month + 2) // 3,
    "MONTH": lambda day: day.month,
    "DAY": lambda day: day.day,
}

_RULES: dict[type[exp.Expr], Rule] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: lambda node, _: bool(node.this),
    exp.Null: lambda _node, _values: None,
    exp.Is: _is,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.TsOrDsToDate: lambda node, values: (
        UNKNOWN if node.args.get("format") else _day(node, values)
    ),
    exp.Year: _part(_PARTS["YEAR"]),
    exp.Quarter: _part(_PARTS["QUARTER"]),
    exp.Month: _part(_PARTS["MONTH"]),
    exp.Day: _part(_PARTS["DAY"]),
    exp.DayOfMonth: _part(_PARTS["DAY"]),
    exp.Extract: _extract,
    exp.TimestampTrunc: _truncated,
    exp.DateTrunc: _truncated,
    exp.Anonymous: _make_date,
    exp.Concat: _concat,
    exp.Pad: _padded,
    exp.Add: _sum(1),
    exp.Sub: _sum(-1),
    exp.Mul: _product,
    exp.Neg: _negative,
}
