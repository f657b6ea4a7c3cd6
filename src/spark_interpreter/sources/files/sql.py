"""The same reading as the script's, written as DuckDB SQL."""

import re

from spark_interpreter.model import ColumnProfile, ColumnRead
from spark_interpreter.model.types import family

_PATTERN_LETTERS = (
    ("yyyy", "%Y"), ("yy", "%y"), ("MMMM", "%B"), ("MMM", "%b"), ("MM", "%m"), ("M", "%m"),
    ("dd", "%d"), ("d", "%d"), ("HH", "%H"), ("H", "%H"), ("hh", "%I"), ("h", "%I"),
    ("mm", "%M"), ("ss", "%S"), ("a", "%p"), ("'T'", "T"),
)  # fmt: skip
_SHAPES = {
    "integer": r"[ ]*[+-]?\d+[ ]*",
    "float": r"[ ]*(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?i:inf|infinity|nan))[ ]*",
    "date": r"\d{4}-\d{1,2}-\d{1,2}",
    "timestamp": r"\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
    r"(?:Z|[+-]\d{2}:?\d{2})?)?",
}
_DUCKDB_TYPES = {
    "int": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
    "boolean": "BOOLEAN",
    "string": "VARCHAR",
}


def quoted(name: str) -> str:
    """An identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def value_sql(column: ColumnProfile, cell: str | None = None) -> str:
    """The value of a text cell, NULL where it does not fit.

    Args:
        cell: SQL of the cell; the column itself when not given.
    """
    text = cleaned_sql(column, cell or quoted(column.name))
    read = column.read or ColumnRead()
    if column.type == "string":
        return text
    duck = _DUCKDB_TYPES.get(column.type, column.type)
    if column.type == "boolean":
        return _boolean_sql(text, read)
    if read.pattern:
        parsed = f"try_strptime({text}, {literal(strptime_format(read.pattern))})"
        return f"CAST({parsed} AS {duck})"
    shape = _SHAPES.get(family(column.type).replace("decimal", "float"))
    guarded = (
        f"CASE WHEN regexp_full_match({text}, {literal(shape)}) THEN {text} END" if shape else text
    )
    value = f"TRY_CAST({guarded} AS {duck})"
    return f"({value} / 100)" if read.percent else value


def strict_sql(column: ColumnProfile) -> str:
    """The value of a text cell; a cell that does not fit raises, naming the column."""
    value = value_sql(column)
    if column.type == "string":
        return value
    text = cleaned_sql(column, quoted(column.name))
    message = literal(f"A cell of column '{column.name}' is not a {column.type}: ")
    return (
        f"CASE WHEN ({value}) IS NULL AND {text} IS NOT NULL "
        f"THEN error({message} || {text}) ELSE {value} END"
    )


def cleaned_sql(column: ColumnProfile, cell: str) -> str:
    """The cell after trimming, null tokens and the removal of signs, still text."""
    read = column.read
    if read is None:
        return cell
    text = f"trim({cell})" if read.trim else cell
    if read.null_tokens:
        tokens = ", ".join(literal(t) for t in read.null_tokens)
        text = f"CASE WHEN {text} NOT IN ({tokens}) THEN {text} END"
    for sign in read.remove:
        if sign in {",", ".", "'"}:
            pattern = literal(re.escape(sign) + r"(\d{3})")
            text = f"regexp_replace({text}, {pattern}, '\\1', 'g')"
        else:
            text = f"replace({text}, {literal(sign)}, '')"
    if read.decimal_mark == ",":
        text = f"replace({text}, ',', '.')"
    return text


def strptime_format(pattern: str) -> str:
    """A Spark date pattern in the letters of strptime."""
    result, rest = "", pattern
    while rest:
        letters, code = next(
            ((p, c) for p, c in _PATTERN_LETTERS if rest.startswith(p)), (rest[0], rest[0])
        )
        result += code
        rest = rest[len(letters) :]
    return result


def _boolean_sql(text: str, read: ColumnRead) -> str:
    yes = ", ".join(literal(w.lower()) for w in (*read.true_words, "true"))
    no = ", ".join(literal(w.lower()) for w in (*read.false_words, "false"))
    return (
        f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"
    )
