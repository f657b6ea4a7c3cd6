"""Hive's types in Spark's words and as Arrow has them."""

import re
from typing import Any

import pyarrow as pa

_SIMPLE = {
    "tinyint": "tinyint", "smallint": "smallint", "int": "int", "integer": "int",
    "bigint": "bigint", "long": "bigint", "float": "float", "double": "double",
    "double precision": "double", "boolean": "boolean", "string": "string", "date": "date",
    "timestamp": "timestamp", "binary": "binary",
}  # fmt: skip
_ARROW = {
    "tinyint": pa.int8(), "smallint": pa.int16(), "int": pa.int32(), "bigint": pa.int64(),
    "float": pa.float32(), "double": pa.float64(), "boolean": pa.bool_(), "string": pa.string(),
    "date": pa.date32(), "timestamp": pa.timestamp("us", tz="UTC"), "binary": pa.binary(),
}  # fmt: skip
_SIZED = re.compile(r"(varchar|char)\((\d+)\)")
_DECIMAL = re.compile(r"(?:decimal|numeric)(?:\((\d+)(?:,(\d+))?\))?")
_NESTED = re.compile(r"(array|map|struct)<(.*)>", re.DOTALL)


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
    nested = _NESTED.fullmatch(text) or _NESTED.fullmatch(lower)
    return _nested_type(nested[1].lower(), nested[2]) if nested else None


def width_of(hive: str) -> tuple[str, int] | None:
    """Of `varchar(n)` and `char(n)`: which of them, and n."""
    sized = _SIZED.fullmatch(hive.replace(" ", "").lower())
    return (sized[1], int(sized[2])) if sized else None


def arrow_type(spark: str) -> Any:
    """The Arrow type that holds values of a Spark SQL type, as `spark_type` writes it."""
    if spark in _ARROW:
        return _ARROW[spark]
    if decimal := _DECIMAL.fullmatch(spark):
        return pa.decimal128(int(decimal[1]), int(decimal[2]))
    nested = _NESTED.fullmatch(spark)
    assert nested is not None, spark
    parts = _parts(nested[2])
    if nested[1] == "array":
        return pa.list_(arrow_type(parts[0]))
    if nested[1] == "map":
        return pa.map_(arrow_type(parts[0]), arrow_type(parts[1]))
    return pa.struct([(name, arrow_type(kind)) for name, kind in map(_field, parts)])


def is_nested(spark: str) -> bool:
    """Whether it is an array, map or struct."""
    return bool(_NESTED.fullmatch(spark))


def _nested_type(outer: str, inner: str) -> str | None:
    parts = _parts(inner)
    if len(parts) != {"array": 1, "map": 2}.get(outer, len(parts)):
        return None
    if outer == "struct":
        fields = [_field(part) for part in parts]
        kinds = [spark_type(kind) for _, kind in fields]
        written = [f"{name}:{kind}" for (name, _), kind in zip(fields, kinds, strict=True)]
    else:
        kinds = [spark_type(part) for part in parts]
        written = [str(kind) for kind in kinds]
    return None if None in kinds else f"{outer}<{','.join(written)}>"


def _field(text: str) -> tuple[str, str]:
    name, _, kind = text.partition(":")
    return name, kind


def _parts(text: str) -> list[str]:
    """The text cut at commas that are not within brackets."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "<(") - (sign in ">)")
        if sign == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]
