"""Column types, written as Spark SQL names ("int", "decimal(10,2)", "array<string>")."""

from typing import Literal

from spark_interpreter.model.base import Model

TypeFamily = Literal["text", "integer", "decimal", "float", "boolean", "date", "timestamp", "other"]

_FAMILIES: dict[str, TypeFamily] = {
    "string": "text",
    "char": "text",
    "varchar": "text",
    "tinyint": "integer",
    "smallint": "integer",
    "int": "integer",
    "bigint": "integer",
    "decimal": "decimal",
    "float": "float",
    "double": "float",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "timestamp_ntz": "timestamp",
}


def family(type_name: str) -> TypeFamily:
    """The family of a Spark SQL type name, whatever its precision or length."""
    return _FAMILIES.get(type_name.partition("(")[0].strip().lower(), "other")


def is_numeric(type_name: str) -> bool:
    """Whether sums and averages of the type make sense."""
    return family(type_name) in {"integer", "decimal", "float"}


def is_temporal(type_name: str) -> bool:
    """Whether the type is a date or a point in time."""
    return family(type_name) in {"date", "timestamp"}


class ResultColumn(Model):
    """A column: its name and Spark SQL type name."""

    name: str
    type: str
