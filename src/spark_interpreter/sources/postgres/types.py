"""PostgreSQL's types as Spark's JDBC source reads them, and how their values travel."""

from dataclasses import dataclass
from typing import Literal

from spark_interpreter.sources.postgres.quoting import identifier

Form = Literal["plain", "text", "number", "date", "timestamp", "time", "bytes", "array"]

_PLAIN = {
    "bool": "boolean", "int2": "smallint", "int4": "int", "int8": "bigint", "oid": "bigint",
    "float4": "float", "float8": "double",
}  # fmt: skip
_ELEMENTS = {**_PLAIN, "date": "date", "text": "string", "varchar": "string", "bpchar": "string",
             "uuid": "string", "json": "string", "jsonb": "string", "inet": "string",
             "cidr": "string"}  # fmt: skip
_UNBOUND = "decimal(38,18)"


@dataclass(frozen=True)
class PostgresColumn:
    """A column as the catalogs describe it.

    Attributes:
        header: its name there; `name` is the one in scripts.
        kind: the type's name in `pg_type`, of a domain's base type; an array's begins with "_".
        category: `typtype`: "b" base, "e" enum, "c" composite, "r" range, "m" multirange.
        modifier: `atttypmod`.
        declared: the type in SQL's words.
        deterministic: text that is equal has the same bytes.
    """

    name: str
    header: str
    kind: str
    category: str
    modifier: int
    declared: str
    nullable: bool = True
    comment: str | None = None
    deterministic: bool = True

    @property
    def form(self) -> Form:
        """How its values are asked for and read."""
        if self.kind == "bit" and self.modifier == 1:
            return "plain"
        if self.kind in _PLAIN:
            return "plain"
        forms: dict[str, Form] = {"numeric": "number", "date": "date", "timestamp": "timestamp",
                                  "timestamptz": "timestamp", "time": "time", "timetz": "time",
                                  "bytea": "bytes", "bit": "bytes"}  # fmt: skip
        if self.kind.startswith("_") and _element(self.kind, self.modifier):
            return "array"
        return forms.get(self.kind, "text")

    @property
    def type(self) -> str:
        """The Spark SQL type."""
        types = {
            "plain": _PLAIN.get(self.kind, "boolean"),
            "number": decimal_type(self.modifier),
            "date": "date",
            "timestamp": "timestamp",
            "time": "timestamp",
            "bytes": "binary",
            "array": f"array<{_element(self.kind, self.modifier)}>",
        }
        return types.get(self.form, "string")

    @property
    def spark_reads_it(self) -> bool:
        """Whether Spark's JDBC source knows the type: it gives up a table for one it does not."""
        return self.category not in {"c", "m"} and not (
            self.kind.startswith("_") and self.form != "array"
        )

    @property
    def zoneless(self) -> bool:
        """Whether it is a time without a zone, which Spark takes for one in UTC."""
        return self.form in {"timestamp", "time"} and self.kind != "timestamptz"

    @property
    def odd_when(self) -> str | None:
        """A condition for values that Spark has no value for; None if there can be none."""
        column = identifier(self.header)
        match self.form:
            case "date":
                return f"NOT ({column} >= '0001-01-01' AND {column} <= '9999-12-31')"
            case "timestamp":
                return f"NOT ({column} >= '0001-01-01' AND {column} < '10000-01-01')"
            case "number":
                return f"{column}::text IN ('NaN', 'Infinity', '-Infinity')"
            case _:
                return None

    def value(self, *, repaired: bool) -> str:
        """The expression whose text is the value.

        Args:
            repaired: values that Spark has none for become null; else they come as they are,
                and stop the reading.
        """
        value = identifier(self.header)
        match self.form:
            case "number" if self.modifier < 0:
                value = f"{value}::numeric(38,18)"
            case "time" if self.kind == "timetz":
                value = f"('1970-01-01 ' || {value}::text)::timestamptz AT TIME ZONE 'UTC'"
            case "time":
                value = f"'1970-01-01'::date + {value}"
            case "bytes" if self.kind == "bit":
                value = f"encode(convert_to({value}::text, 'UTF8'), 'hex')"
            case "bytes":
                value = f"encode({value}, 'hex')"
            case "array":
                value = f"array_to_json({value})::text"
            case _:
                pass
        if repaired and self.odd_when:
            return f"CASE WHEN {self.odd_when} THEN NULL ELSE {value} END"
        return value

    def comparable(self, *, repaired: bool) -> str | None:
        """The expression that compares with constants as the value does in Spark.

        None where it would not: blanks at the end of char(n), collations that take different
        texts for equal, texts that the server writes otherwise than it compares them, bits.
        """
        if self.form in {"bytes", "array", "time"} or self.kind == "bit":
            return None
        if self.form != "text" or self.kind in {"text", "varchar"}:
            return self.value(repaired=repaired) if self.deterministic else None
        if self.category == "e" or self.kind == "uuid":
            return f"{identifier(self.header)}::text"
        return None


def decimal_type(modifier: int) -> str:
    """The Spark type of a `numeric` with this type modifier."""
    if modifier < 0:
        return _UNBOUND
    precision, scale = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
    if scale > 1023:  # a negative scale rounds whole numbers
        precision, scale = precision + 2048 - scale, 0
    precision = max(precision, scale)
    return f"decimal({min(precision, 38)},{min(scale, 38)})"


def _element(kind: str, modifier: int) -> str | None:
    if kind == "_numeric":
        return decimal_type(modifier)
    return _ELEMENTS.get(kind.removeprefix("_"))
