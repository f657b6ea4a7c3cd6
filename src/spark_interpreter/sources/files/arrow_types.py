"""Spark SQL names of Arrow types."""

from typing import Any

import pyarrow as pa

_NAMES = {
    pa.bool_(): "boolean",
    pa.int8(): "tinyint",
    pa.int16(): "smallint",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.uint8(): "smallint",
    pa.uint16(): "int",
    pa.uint32(): "bigint",
    pa.uint64(): "decimal(20,0)",
    pa.float16(): "float",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.string(): "string",
    pa.large_string(): "string",
    pa.string_view(): "string",
    pa.binary(): "binary",
    pa.large_binary(): "binary",
    pa.binary_view(): "binary",
    pa.date32(): "date",
    pa.date64(): "date",
    pa.null(): "string",
}
_UNREADABLE = {
    pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(), pa.float16(), pa.date64(), pa.null(),
}  # fmt: skip


def spark_type(kind: Any) -> str:
    """The Spark SQL name of an Arrow type; times of day and durations become text."""
    if kind in _NAMES:
        return _NAMES[kind]
    if pa.types.is_decimal(kind):
        return f"decimal({min(kind.precision, 38)},{kind.scale})"
    if pa.types.is_timestamp(kind):
        return "timestamp" if kind.tz else "timestamp_ntz"
    if pa.types.is_fixed_size_binary(kind):
        return "binary"
    return _nested_type(kind)


def _nested_type(kind: Any) -> str:
    if pa.types.is_dictionary(kind):
        return spark_type(kind.value_type)
    if pa.types.is_struct(kind):
        fields = ",".join(f"{_field_name(f.name)}:{spark_type(f.type)}" for f in kind)
        return f"struct<{fields}>"
    if pa.types.is_map(kind):
        return f"map<{spark_type(kind.key_type)},{spark_type(kind.item_type)}>"
    return f"array<{spark_type(kind.value_type)}>" if _is_list(kind) else "string"


def directly_readable(kind: Any) -> bool:
    """Whether both engines read a Parquet column of this type as it stands."""
    if kind in _NAMES:
        return kind not in _UNREADABLE
    if pa.types.is_decimal(kind):
        return int(kind.precision) <= 38
    if pa.types.is_timestamp(kind):
        return str(kind.unit) != "ns"
    return bool(_inner_types(kind)) and all(map(directly_readable, _inner_types(kind)))


def _inner_types(kind: Any) -> list[Any]:
    if pa.types.is_struct(kind):
        return [f.type for f in kind]
    if pa.types.is_map(kind):
        return [kind.key_type, kind.item_type]
    return [kind.value_type] if pa.types.is_list(kind) else []


def _is_list(kind: Any) -> bool:
    types = pa.types
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def duckdb_cast(kind: Any) -> str | None:
    """The DuckDB type a value is cast to so that both engines read it; None if it may stay."""
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        return "VARCHAR"
    if kind == pa.uint64():
        return "DECIMAL(20,0)"
    if pa.types.is_unsigned_integer(kind):
        return "BIGINT" if kind == pa.uint32() else "INTEGER"
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return "TIMESTAMPTZ" if kind.tz else "TIMESTAMP"
    if pa.types.is_null(kind):
        return "VARCHAR"
    return None


def _field_name(name: str) -> str:
    return name if name.isidentifier() else "`" + name.replace("`", "``") + "`"
