"""Constants and column names as Python source."""

import builtins
import keyword

from spark_interpreter.generation.planner.rendering.code import Atom

RESERVED_NAMES = frozenset(
    {"spark", "F", "Window", "T", "SparkSession", "result", *keyword.kwlist, *dir(builtins)}
)


def literal(value: object) -> Atom:
    """A Python constant, in double quotes where it is text."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return Atom(f"{value:.1f}")
    return Atom(repr(value))


def text(value: str) -> Atom:
    """A string constant; unprintable characters are escaped."""
    source = repr(value)
    if source.startswith("'") and '"' not in source:
        source = f'"{source[1:-1]}"'
    return Atom(source)


def quoted(name: str) -> str:
    """A column name as Spark's name parser reads it back: backticks only where it needs them."""
    if "." in name or "`" in name or name == "*":
        return "`" + name.replace("`", "``") + "`"
    return name


def name_text(name: str, table: str | None = None) -> Atom:
    """The string constant that names a column, qualified by a table alias if there is one."""
    return text(f"{quoted(table)}.{quoted(name)}" if table else quoted(name))
