"""Arrow types that hold the values of Spark SQL types."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Protocol

NESTED = re.compile(r"(array|map|struct)<(.*)>", re.DOTALL)
"""A type of types: which, and the inner ones."""
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


class Typed(Protocol):
    """A column of any source; its type is Spark's."""

    @property
    def name(self) -> str: ...

    @property
    def type(self) -> str: ...


def arrow_type(spark: str) -> Any:
    """The Arrow type that holds values of a Spark SQL type, written without blanks."""
    import pyarrow as pa

    if (simple := _simple().get(spark)) is not None:
        return simple
    if decimal := _DECIMAL.fullmatch(spark):
        return pa.decimal128(int(decimal[1]), int(decimal[2]))
    nested = NESTED.fullmatch(spark)
    assert nested is not None, spark
    parts = inner_types(nested[2])
    if nested[1] == "array":
        return pa.list_(arrow_type(parts[0]))
    if nested[1] == "map":
        return pa.map_(arrow_type(parts[0]), arrow_type(parts[1]))
    return pa.struct([(name, arrow_type(kind)) for name, kind in map(field_of, parts)])


def arrow_schema(columns: Iterable[Typed]) -> Any:
    """The Arrow schema of columns."""
    import pyarrow as pa

    return pa.schema([(column.name, arrow_type(column.type)) for column in columns])


def inner_types(text: str) -> list[str]:
    """The text cut at commas that are not within brackets."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "<(") - (sign in ">)")
        if sign == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def field_of(text: str) -> tuple[str, str]:
    """A field of a struct (`name:type`): its name and type."""
    name, _, kind = text.partition(":")
    return name, kind


@cache
def _simple() -> dict[str, Any]:
    import pyarrow as pa

    return {
        "tinyint": pa.int8(), "smallint": pa.int16(), "int": pa.int32(), "bigint": pa.int64(),
        "float": pa.float32(), "double": pa.float64(), "boolean": pa.bool_(),
        "string": pa.string(), "binary": pa.binary(), "date": pa.date32(),
        "timestamp": pa.timestamp("us", tz="UTC"),
    }  # fmt: skip
