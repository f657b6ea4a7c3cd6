"""Conditions of a plan as Spark SQL text, as far as any database means the same by them.

What is not on the short list below is left out: the script filters again, so a condition that is
left out costs time and never a row. A condition that is kept must be true of every row for which
Spark's is; times are in UTC.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from math import isnan
from typing import Any, NamedTuple

from spark_interpreter.model.types import family

MAX_CHARACTERS = 20_000
_MAX_VALUES = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PART = re.compile(r"`(?:[^`]|``)+`|[^.`]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?")
_EXACT_DIGITS = 15
"""So many digits survive a double."""

_COMPARISONS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_NEGATED = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_PARTS_OF_DATES = frozenset({"year", "month", "day"})
_CHANGES = frozenset({"lower", "upper", "trim"})
_SAME = {"dayofmonth": "day", "lcase": "lower", "ucase": "upper"}
_YEAR = "year of "
_PATTERNS = {"startswith": "{}%", "endswith": "%{}", "contains": "%{}%"}


class Column(NamedTuple):
    """A column by the parts of its name."""

    parts: tuple[str, ...]


class Value(NamedTuple):
    """A constant: bool, int, Decimal, float, str, date, or datetime (UTC)."""

    value: Any


class Call(NamedTuple):
    """A function of Spark, its name in lower case."""

    name: str
    arguments: tuple["Node", ...]


Node = Column | Value | Call
Types = Mapping[str, tuple[str, str]]
"""Lower-case name -> name and type of a column."""


def name_parts(identifier: str) -> tuple[str, ...]:
    """The parts of a column's name as Spark takes it apart."""
    return tuple(
        part[1:-1].replace("``", "`") if part.startswith("`") else part
        for part in _PART.findall(identifier)
    )


def read_expression(expression: Any) -> Node | None:
    """The expression of a plan (Spark Connect's `Expression`), or None if a part is unknown."""
    match expression.WhichOneof("expr_type"):
        case "unresolved_attribute":
            return Column(name_parts(expression.unresolved_attribute.unparsed_identifier))
        case "literal":
            return _literal(expression.literal)
        case "alias":
            return read_expression(expression.alias.expr)
        case "cast":
            return _cast(expression.cast)
        case "unresolved_function":
            return _call(expression.unresolved_function)
    return None


def _call(function: Any) -> Node | None:
    if function.is_distinct or function.is_user_defined_function:
        return None
    arguments = [read_expression(argument) for argument in function.arguments]
    name = function.function_name.casefold()
    if name == "and":
        # What is unknown of a conjunction is left out of it.
        known = tuple(argument for argument in arguments if argument is not None)
        return Call(name, known) if known else None
    if any(argument is None for argument in arguments):
        return None
    call = Call(name, tuple(argument for argument in arguments if argument is not None))
    return _folded(call)


def _folded(call: Call) -> Node:
    """Dates computed from constants alone, as constants."""
    values = [a.value for a in call.arguments if isinstance(a, Value)]
    if len(values) != len(call.arguments):
        return call
    match call.name, values:
        case "to_date", [str(text)]:
            found = _as_date(text)
            return Value(found) if found else call
        case (("date_add" | "date_sub"), [first, int(days)]):
            start = _as_date(first) if isinstance(first, str) else first
            if type(start) is date and abs(days) < 100_000:
                try:
                    return Value(start + timedelta(days if call.name == "date_add" else -days))
                except OverflowError:
                    return call
    return call


def _cast(cast: Any) -> Node | None:
    node = read_expression(cast.expr)
    if isinstance(node, Value) and isinstance(node.value, str) and cast.type_str == "date":
        found = _as_date(node.value)
        return Value(found) if found else None
    return None


def _literal(literal: Any) -> Value | None:
    kind = literal.WhichOneof("literal_type")
    if kind in {"boolean", "byte", "short", "integer", "long", "string", "float", "double"}:
        return Value(getattr(literal, kind))
    try:
        if kind == "decimal":
            return Value(Decimal(literal.decimal.value))
        if kind == "date":
            return Value((_EPOCH + timedelta(days=literal.date)).date())
        if kind in {"timestamp", "timestamp_ntz"}:
            return Value(_EPOCH + timedelta(microseconds=getattr(literal, kind)))
    except (OverflowError, InvalidOperation):
        return None
    return None


def conjuncts(node: Node | None) -> Iterator[Node]:
    """The conditions that all have to hold."""
    if isinstance(node, Call) and node.name == "and":
        for argument in node.arguments:
            yield from conjuncts(argument)
    elif node is not None:
        yield node


def columns_of(node: Node) -> Iterator[tuple[str, ...]]:
    """The names of the columns a node is about."""
    if isinstance(node, Column):
        yield node.parts
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from columns_of(argument)


def replaced(node: Node, change: Callable[[Column], Node | None]) -> Node | None:
    """The node with other columns; None if one has no counterpart."""
    if isinstance(node, Column):
        return change(node)
    if isinstance(node, Value):
        return node
    arguments = [replaced(argument, change) for argument in node.arguments]
    known = tuple(argument for argument in arguments if argument is not None)
    return Call(node.name, known) if len(known) == len(arguments) else None


def condition_text(node: Node, types: Types) -> str | None:
    """The condition over a source's columns; None if it is not one that can be passed on."""
    if not any(True for _ in columns_of(node)):
        return None
    return _Writer(types).condition(node)


class _Writer:
    def __init__(self, types: Types) -> None:
        self._types = types

    def condition(self, node: Node) -> str | None:
        if isinstance(node, Column):
            column = self._column(node)
            return column[0] if column and column[1] == "boolean" else None
        if not isinstance(node, Call):
            return None
        if node.name in {"and", "or"}:
            return self._joined(node)
        if node.name == "not" and len(node.arguments) == 1:
            return self._predicate(node.arguments[0], negated=True)
        return self._predicate(node, negated=False)

    def _joined(self, node: Call) -> str | None:
        texts = [self.condition(argument) for argument in node.arguments]
        known = [text for text in texts if text is not None]
        if not known or (node.name == "or" and len(known) < len(texts)):
            return None
        return f"({f' {node.name.upper()} '.join(known)})" if len(known) > 1 else known[0]

    def _predicate(self, node: Node, *, negated: bool) -> str | None:
        if isinstance(node, Column):
            text = self.condition(node)
            return f"NOT {text}" if text and negated else text
        if not isinstance(node, Call) or not node.arguments:
            return None
        first, *others = node.arguments
        match node.name, others:
            case "isnull" | "isnotnull", []:
                column = self._column(first)
                null = (node.name == "isnull") is not negated
                text = column and f"{column[0]} IS {'' if null else 'NOT '}NULL"
            case name, [other] if name in _COMPARISONS:
                symbol = _COMPARISONS[name]
                text = self._comparison(_NEGATED[symbol] if negated else symbol, first, other)
            case "<=>", [other] if not negated:
                text = self._comparison("=", first, other)
            case "between", [low, high] if not negated:
                text = self.condition(
                    Call("and", (Call(">=", (first, low)), Call("<=", (first, high))))
                )
            case "in", _:
                text = self._membership(first, others, negated=negated)
            case _:
                text = self._pattern(node.name, first, others, negated=negated)
        return text

    def _comparison(self, symbol: str, left: Node, right: Node) -> str | None:
        if isinstance(left, Value):
            left, right, symbol = right, left, _TURNED[symbol]
        found = self._operand(left)
        if found is None or not _may_compare(symbol, found[1]):
            return None
        text, kind = found
        if kind.startswith(_YEAR):
            value = right.value if isinstance(right, Value) else None
            return _year_range(text, symbol, value, kind.removeprefix(_YEAR))
        if isinstance(right, Value):
            other = self._value(right.value, kind, left)
        else:
            operand = self._operand(right)
            other = operand[0] if operand and operand[1] == kind else None
        return f"{text} {symbol} {other}" if other is not None else None

    def _membership(self, first: Node, others: list[Node], *, negated: bool) -> str | None:
        found = self._operand(first)
        if found is None or found[1].startswith(_YEAR) or not 0 < len(others) <= _MAX_VALUES:
            return None
        if negated and found[1] == "float":
            return None
        values = [
            self._value(other.value, found[1], first) if isinstance(other, Value) else None
            for other in others
        ]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        return f"{found[0]} {'NOT ' if negated else ''}IN ({', '.join(known)})"

    def _pattern(self, name: str, first: Node, others: list[Node], *, negated: bool) -> str | None:
        found = self._operand(first)
        if found is None or found[1] != "text" or len(others) != 1:
            return None
        pattern = others[0].value if isinstance(others[0], Value) else None
        if not isinstance(pattern, str) or "\\" in pattern:
            return None
        if name in _PATTERNS:
            if "%" in pattern or "_" in pattern:
                return None
            pattern = _PATTERNS[name].format(pattern)
        elif name != "like":
            return None
        text = self._value(pattern, "text", first)
        return text and f"{found[0]} {'NOT ' if negated else ''}LIKE {text}"

    def _operand(self, node: Node) -> tuple[str, str] | None:
        """Text and kind: a family of types, or `_YEAR` and one for the year of a time."""
        if isinstance(node, Column):
            return self._column(node)
        if not isinstance(node, Call) or len(node.arguments) != 1:
            return None
        inner = self._operand(node.arguments[0])
        if inner is None:
            return None
        text, kind = inner
        name = _SAME.get(node.name, node.name)
        if name in _PARTS_OF_DATES and kind == "date":
            return f"{name}({text})", "integer"
        if name == "year" and kind in {"timestamp", "timestamp_ntz"}:
            return text, _YEAR + kind
        return (f"{name}({text})", kind) if name in _CHANGES and kind == "text" else None

    def _column(self, node: Node) -> tuple[str, str] | None:
        if not isinstance(node, Column) or len(node.parts) != 1:
            return None
        name, type_name = self._types.get(node.parts[0].casefold(), ("", ""))
        kind = "timestamp_ntz" if type_name == "timestamp_ntz" else family(type_name)
        if not name or kind == "other" or type_name.startswith("char"):
            return None
        return "`" + name.replace("`", "``") + "`", kind

    def _value(self, value: object, kind: str, left: Node) -> str | None:
        if isinstance(value, bool):
            return str(value).lower() if kind == "boolean" else None
        if kind in {"integer", "decimal", "float"}:
            return self._number(value, kind, left)
        if kind == "text":
            plain = isinstance(left, Column) or str(value).isascii()
            return _quoted(value) if isinstance(value, str) and plain else None
        if kind == "date":
            day = _as_date(value) if isinstance(value, str) else value
            return f"DATE '{day.isoformat()}'" if type(day) is date else None
        if kind in {"timestamp", "timestamp_ntz"}:
            return _moment(value, kind)
        return None

    def _number(self, value: object, kind: str, left: Node) -> str | None:
        if isinstance(value, int):
            return str(value)
        if isinstance(value, Decimal):
            return f"{value:f}" if value.is_finite() and kind != "float" else None
        if not isinstance(value, float) or isnan(value) or abs(value) > 2**53:
            return None
        text = f"{Decimal(repr(value)):f}"
        if kind == "float":
            return f"CAST({text} AS DOUBLE)"
        digits = len(text.replace("-", "").replace(".", ""))
        return text if digits <= _EXACT_DIGITS and self._survives_double(left) else None

    def _survives_double(self, node: Node) -> bool:
        """Whether the column's numbers stay distinct as doubles, which Spark compares here."""
        if not isinstance(node, Column):
            return True
        type_name = self._types[node.parts[0].casefold()][1]
        precision = re.fullmatch(r"decimal\((\d+),\s*\d+\)", type_name)
        return type_name != "decimal" and (not precision or int(precision[1]) <= _EXACT_DIGITS)


def _quoted(text: str) -> str | None:
    if not text.isprintable():
        return None
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _as_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _moment(value: object, kind: str) -> str | None:
    if isinstance(value, str):
        if not _DATE.fullmatch(value) and not _TIME.fullmatch(value):
            return None
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, date):
        return None
    if not isinstance(value, datetime):
        return _at(value.isoformat() + " 00:00:00", kind)
    return _at(value.replace(tzinfo=None).isoformat(sep=" "), kind)


def _at(text: str, kind: str) -> str:
    return f"TIMESTAMP '{text}+00:00'" if kind == "timestamp" else f"TIMESTAMP_NTZ '{text}'"


def _may_compare(symbol: str, kind: str) -> bool:
    """Whether all databases mean the same by it: texts have no common order, and NaN is above
    every number in Spark only.
    """
    if kind in {"text", "boolean"}:
        return symbol in {"=", "<>"}
    return kind != "float" or symbol in {"=", "<", "<="}


def _year_range(column: str, symbol: str, year: object, kind: str) -> str | None:
    """`year(column) = 2026` as a range, which needs no function of a zone."""
    if symbol != "=" or not isinstance(year, int) or not 1 <= year < 9999:
        return None
    start, end = (_at(f"{y:04}-01-01 00:00:00", kind) for y in (year, year + 1))
    return f"({column} >= {start} AND {column} < {end})"
