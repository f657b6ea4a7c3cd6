"""Hive's types in Spark's words."""

import re

from spark_interpreter.sources.arrow_types import NESTED, field_of, inner_types

_SIMPLE = {
    "tinyint": "tinyint", "smallint": "smallint", "int": "int", "integer": "int",
    "bigint": "bigint", "long": "bigint", "float": "float", "double": "double",
    "double precision": "double", "boolean": "boolean", "string": "string", "date": "date",
    "timestamp": "timestamp", "binary": "binary",
}  # fmt: skip
_SIZED = re.compile(r"(varchar|char)\((\d+)\)")
_DECIMAL = re.compile(r"(?:decimal|numeric)(?:\((\d+)(?:,(\d+))?\))?")


def spark_type(hive: str) -> str | None:
    """The Spark SQL name of a Hive type; None if Spark has none (union types, intervals)."""
    text = re.sub(r"\s*([<>(),:])\s*", r"\1", hive.strip())
    lower = text.lower()
    if lower in _SIMPLE:
        return _SIMPLE[lower]
    if _SIZED.fullmatch(lower):
        return "string"
    if decimal := _DECIMAL.fullmatch(lower):
        return f"decimal({decimal[1] or 10},{decimal[2] or 0})"
    nested = NESTED.fullmatch(text) or NESTED.fullmatch(lower)
    return _nested_type(nested[1].lower(), nested[2]) if nested else None


def width_of(hive: str) -> tuple[str, int] | None:
    """Of `varchar(n)` and `char(n)`: which of them, and n."""
    sized = _SIZED.fullmatch(hive.replace(" ", "").lower())
    return (sized[1], int(sized[2])) if sized else None


def is_nested(spark: str) -> bool:
    """Whether it is an array, map or struct."""
    return bool(NESTED.fullmatch(spark))


def _nested_type(outer: str, inner: str) -> str | None:
    parts = inner_types(inner)
    if len(parts) != {"array": 1, "map": 2}.get(outer, len(parts)):
        return None
    if outer == "struct":
        fields = [field_of(part) for part in parts]
        kinds = [spark_type(kind) for _, kind in fields]
        written = [f"{name}:{kind}" for (name, _), kind in zip(fields, kinds, strict=True)]
    else:
        kinds = [spark_type(part) for part in parts]
        written = [str(kind) for kind in kinds]
    return None if None in kinds else f"{outer}<{','.join(written)}>"
