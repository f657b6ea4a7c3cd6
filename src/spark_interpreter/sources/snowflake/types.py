"""Snowflake's types: what Spark reads them as, and how they are fetched.

The Spark types are those of Spark's JDBC source with Snowflake's driver: NUMBER without decimals
is a bigint, whatever its precision; other NUMBERs keep precision and scale; every kind of
timestamp is a timestamp; a time of day is a timestamp on 1970-01-01; what is half structured is
text in JSON.
"""

import json
from dataclasses import dataclass
from typing import Any

_PLAIN = {
    "REAL": "double",
    "TEXT": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIME": "timestamp",
    "TIMESTAMP_NTZ": "timestamp",
    "TIMESTAMP_LTZ": "timestamp",
    "TIMESTAMP_TZ": "timestamp",
    "BINARY": "binary",
    "VARIANT": "string",
    "OBJECT": "string",
    "ARRAY": "string",
    "GEOGRAPHY": "string",
    "GEOMETRY": "string",
}
_DECLARED = {"FIXED": "NUMBER", "REAL": "FLOAT", "TEXT": "VARCHAR"}
_MICROSECONDS = {"TIME": "TIME(6)", "TIMESTAMP_NTZ": "TIMESTAMP_NTZ(6)"}


@dataclass(frozen=True)
class SnowflakeType:
    """A column's type, as SHOW COLUMNS describes it.

    Attributes:
        kind: Snowflake's inner name of it: FIXED, REAL, TEXT, TIMESTAMP_NTZ, VARIANT.
        collation: how texts are compared where that is not by their characters.
    """

    kind: str
    precision: int = 0
    scale: int = 0
    length: int = 0
    collation: str = ""

    @property
    def spark(self) -> str | None:
        """Spark SQL name; None where Spark cannot read it."""
        if self.kind == "FIXED":
            return "bigint" if self.scale == 0 else f"decimal({self.precision},{self.scale})"
        return _PLAIN.get(self.kind)

    @property
    def declared(self) -> str:
        """As a person declares it: "NUMBER(10,2)"."""
        name = _DECLARED.get(self.kind, self.kind)
        if self.kind == "FIXED":
            return f"{name}({self.precision},{self.scale})"
        return f"{name}({self.length})" if self.kind in {"TEXT", "BINARY"} and self.length else name

    @classmethod
    def described(cls, text: str) -> "SnowflakeType":
        """From the JSON of SHOW COLUMNS."""
        about = json.loads(text)
        return cls(
            kind=str(about["type"]).upper(),
            precision=about.get("precision") or 0,
            scale=about.get("scale") or 0,
            length=about.get("length") or 0,
            collation=about.get("collation") or "",
        )


def fetched(name: str, kind: str) -> str:
    """The expression that fetches a quoted column as `arrow_type` holds it.

    Points in time with a zone are fetched in UTC, so that the account's and the session's zones
    change nothing. What is half structured arrives as text.
    """
    if kind in {"TIMESTAMP_TZ", "TIMESTAMP_LTZ"}:
        return f"CONVERT_TIMEZONE('UTC', {name})::TIMESTAMP_NTZ(6)"
    if kind in _MICROSECONDS:
        return f"{name}::{_MICROSECONDS[kind]}"
    return name


def as_type(values: Any, kind: Any) -> Any:
    """Fetched values (a pyarrow array) in the type that Parquet gets.

    Raises:
        pyarrow.ArrowInvalid: a number is too large for it.
    """
    import pyarrow as pa

    if pa.types.is_time(values.type):
        values = values.cast(pa.time64("us")).cast(pa.int64()).cast(pa.timestamp("us"))
    if pa.types.is_timestamp(kind):
        unit = pa.timestamp("us", tz=values.type.tz)
        values = values.cast(unit, safe=False)
        return values.cast(kind) if values.type.tz else values.cast(pa.int64()).cast(kind)
    if pa.types.is_integer(kind) and pa.types.is_decimal(values.type):
        return values.cast(pa.decimal128(38, 0)).cast(kind)
    return values.cast(kind)
