"""Which partitions a question needs."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from spark_interpreter.model import CatalogColumn
from spark_interpreter.model.types import family
from spark_interpreter.sources.glue.entries import Partition
from spark_interpreter.sources.known_values import UNKNOWN, Value, surely_false
from spark_interpreter.sources.predicate import conjuncts, parsed

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""What Hive writes for a missing value of a partition key."""

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
}  # fmt: skip
_READERS: dict[str, Callable[[str], Value]] = {
    "text": str,
    "integer": int,
    "decimal": Decimal,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "boolean": lambda text: {"true": True, "false": False}.get(text.lower()),
}
_EXPRESSION_LIMIT = 2048
"""Longest expression that the Glue API takes."""


def needed(
    partitions: Iterable[Partition], keys: Sequence[CatalogColumn], where: str | None
) -> Iterator[Partition]:
    """The partitions that may hold a row that meets the condition."""
    tree = parsed(where) if where else None
    for partition in partitions:
        values = {
            key.name.lower(): key_value(text, key.type)
            for key, text in zip(keys, partition.values, strict=True)
        }
        if tree is None or not surely_false(tree, values):
            yield partition


def key_value(text: str, kind: str) -> Value:
    """A partition key's value; missing where the text is none of its type."""
    if text == NO_VALUE:
        return None
    try:
        return _value(text, kind)
    except (ValueError, ArithmeticError):
        return None


def _value(text: str, kind: str) -> Value:
    read = _READERS.get(family(kind))
    return read(text) if read else UNKNOWN


def glue_expression(keys: Sequence[CatalogColumn], where: str | None) -> str:
    """What of a condition the Glue API itself can tell; empty for nothing.

    Glue leaves out what surely is not needed, so that a table of many partitions is not listed
    to its end; what it returns is judged again by `needed`.
    """
    tree = parsed(where) if where else None
    if tree is None:
        return ""
    types = {key.name.lower(): key.type for key in keys}
    parts: list[str] = []
    for condition in conjuncts(tree):
        part = _comparison(condition, types) or _membership(condition, types)
        if part and len(" AND ".join([*parts, part])) <= _EXPRESSION_LIMIT:
            parts.append(part)
    return " AND ".join(parts)


def _comparison(node: exp.Expr, types: dict[str, str]) -> str:
    operator = _OPERATORS.get(type(node))
    if operator is None or not isinstance(node.args["this"], exp.Column):
        return ""
    column = node.args["this"].name.lower()
    if family(types.get(column, "")) == "text" and operator != "=":
        return ""
    value = _literal(node.args["expression"], types.get(column, ""))
    return f"{column} {operator} {value}" if value else ""


def _membership(node: exp.Expr, types: dict[str, str]) -> str:
    if not isinstance(node, exp.In) or not isinstance(node.this, exp.Column):
        return ""
    column = node.this.name.lower()
    values = [_literal(value, types.get(column, "")) for value in node.expressions]
    return f"{column} IN ({', '.join(values)})" if values and all(values) else ""


def _literal(node: exp.Expr, kind: str) -> str:
    """A literal as Glue compares it with a key of that type; empty if Spark may see it apart."""
    if isinstance(node, exp.Cast) and node.args["to"].this == exp.DType.DATE and kind == "date":
        node = node.this
    text = str(node.this) if isinstance(node, exp.Literal) else ""
    if family(kind) == "integer":
        return text if not node.is_string and text.isdecimal() else ""
    pattern = r"\d{4}-\d{2}-\d{2}" if kind == "date" else r"[^'\\]*"
    plain = kind == "date" or family(kind) == "text"
    return f"'{text}'" if node.is_string and plain and re.fullmatch(pattern, text) else ""
