# ruff: noqa: S608  (SQL is put together from quoted names and literals)
"""Text cells as values of the catalog's types, as Hive's SerDes read them.

A cell that does not fit its column's type is missing, as in Spark; how many there are is counted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from spark_interpreter.model import DataIssue
from spark_interpreter.sources.arrow_types import arrow_schema, arrow_type
from spark_interpreter.sources.files.issues import Scope, listed
from spark_interpreter.sources.glue.types import is_nested, width_of

_EXAMPLES = 3
_WHOLE = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_DAY = r"\d{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])"
_FLOAT = rf"[ ]*(?:{_NUMBER}[dDfF]?|[+-]?(?:NaN|Infinity))[ ]*"
_SHAPES = {
    "tinyint": _WHOLE,
    "smallint": _WHOLE,
    "int": _WHOLE,
    "bigint": _WHOLE,
    "float": _FLOAT,
    "double": _FLOAT,
    "decimal": _NUMBER,
    "date": _DAY,
    "timestamp": rf"{_DAY} \d{{1,2}}:\d{{1,2}}:\d{{1,2}}(?:\.\d{{1,9}})?",
}
_JSON_MOMENT = (
    r"\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?"
)
_DUCKDB = {
    "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT",
    "float": "FLOAT", "double": "DOUBLE",
}  # fmt: skip


class Cell(NamedTuple):
    """A column that is read from text.

    Attributes:
        type: Spark's type of its values.
        declared: the type in the catalog's words.
        json: the text is a JSON value's: a date may have a T, nested values are JSON.
    """

    name: str
    type: str
    declared: str
    json: bool = False


@dataclass
class Misfits:
    """Cells that did not fit, by column, with some of them."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, column: str, count: int, examples: Sequence[str]) -> None:
        self.counts[column] = self.counts.get(column, 0) + count
        known = self.examples.setdefault(column, [])
        known += [e for e in examples if e not in known][: _EXAMPLES - len(known)]

    def issues(self, types: dict[str, str], scope: Scope) -> tuple[DataIssue, ...]:
        """What a person should know."""
        return tuple(
            DataIssue(
                kind="unreadable",
                column=column,
                message=f"{column}: {listed(self.examples[column])} cannot be read as "
                f"{types[column]}; counted as missing.",
                count=count,
                scope=scope,
                examples=tuple(self.examples[column]),
            )
            for column, count in self.counts.items()
            if count
        )


def readable_from_text(spark: str, *, json: bool) -> bool:
    """Whether a column of the type can be read from such text here."""
    return spark != "binary" and (json or not is_nested(spark))


def typed(
    connection: duckdb.DuckDBPyConnection, cells: Any, columns: Sequence[Cell], misfits: Misfits
) -> Any:
    """A table of text cells (pyarrow) as values of the columns' types, row by row the same."""
    if not columns:
        return pa.table({})
    connection.register("cells", cells)
    names = [_quoted(column.name) for column in columns]
    values = ", ".join(f"{_value(c)} AS {n}" for c, n in zip(columns, names, strict=True))
    result = connection.sql(f"SELECT {values} FROM cells").to_arrow_table()
    for place, column in enumerate(columns):
        _count_misfits(cells.column(column.name), result.column(place), column, misfits)
    schema = arrow_schema(columns)
    return result.cast(schema)


def _count_misfits(texts: Any, values: Any, column: Cell, misfits: Misfits) -> None:
    """Cells with text whose value is missing."""
    import pyarrow.compute as pc

    if column.type == "string":
        return
    wrong = pc.and_(pc.is_null(values), pc.not_equal(texts, "")).fill_null(False)
    count = pc.sum(wrong).as_py() or 0
    if count:
        found = texts.filter(wrong).slice(0, 50).to_pylist()
        misfits.add(column.name, count, list(dict.fromkeys(found)))


def _value(column: Cell) -> str:
    """The value of a cell, in DuckDB's SQL; NULL where it does not fit."""
    cell, kind = _quoted(column.name), column.type
    if kind == "string":
        return _text(cell, column.declared)
    if kind == "boolean":
        return f"CASE lower({cell}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if is_nested(kind):
        return f"TRY_CAST(TRY_CAST({cell} AS JSON) AS {_arrow_sql(arrow_type(kind))})"
    moment = kind == "timestamp"
    shape = _JSON_MOMENT if moment and column.json else _SHAPES[kind.partition("(")[0]]
    text = f"CASE WHEN regexp_full_match({cell}, '{shape}') THEN {cell} END"
    if moment:
        return f"TRY_CAST({text} AS TIMESTAMPTZ)" if column.json else _moment(text)
    return _day(text) if kind == "date" else _number(text, kind)


def _text(cell: str, declared: str) -> str:
    sized = width_of(declared)
    text = f"substr({cell}, 1, {sized[1]})" if sized else cell
    return f"rtrim({text}, ' ')" if sized and sized[0] == "char" else text


def _number(text: str, kind: str) -> str:
    """A number as Java reads it: whole ones without their decimals, others with an f or d."""
    if kind in {"tinyint", "smallint", "int", "bigint"}:
        text = f"regexp_replace(split_part({text}, '.', 1), '^([+-]?)$', '0')"
    elif kind in {"float", "double"}:
        text = f"regexp_replace({text}, '[dDfF] *$', '')"
    return f"TRY_CAST({text} AS {_DUCKDB.get(kind, kind)})"


def _day(text: str) -> str:
    """A date as Hive takes it: days beyond the month's end go on into the next month."""
    year, month, day = (f"split_part({text}, '-', {place})" for place in (1, 2, 3))
    first = f"TRY_CAST({year} || '-' || {month} || '-1' AS DATE)"
    return f"CAST({first} + (TRY_CAST({day} AS INTEGER) - 1) AS DATE)"


def _moment(text: str) -> str:
    """A point in time (UTC) as Hive takes it: hours and minutes may run over as days do."""
    clock = f"split_part({text}, ' ', 2)"
    hours, minutes, seconds = (f"split_part({clock}, ':', {place})" for place in (1, 2, 3))
    whole, fraction = (f"split_part({seconds}, '.', {place})" for place in (1, 2))
    minute = f"CAST({hours} AS BIGINT) * 60 + CAST({minutes} AS BIGINT)"
    second = f"({minute}) * 60 + CAST({whole} AS BIGINT)"
    micros = f"({second}) * 1000000 + CAST(rpad({fraction}, 6, '0') AS BIGINT)"
    day = _day(f"split_part({text}, ' ', 1)")
    return f"CAST(CAST({day} AS TIMESTAMP) + to_microseconds({micros}) AS TIMESTAMPTZ)"


def _arrow_sql(kind: Any) -> str:
    if pa.types.is_list(kind):
        return f"{_arrow_sql(kind.value_type)}[]"
    if pa.types.is_map(kind):
        return f"MAP({_arrow_sql(kind.key_type)}, {_arrow_sql(kind.item_type)})"
    if pa.types.is_struct(kind):
        return f"STRUCT({', '.join(f'{_quoted(f.name)} {_arrow_sql(f.type)}' for f in kind)})"
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    return _ARROW_SQL[kind]


_ARROW_SQL = {
    pa.int8(): "TINYINT", pa.int16(): "SMALLINT", pa.int32(): "INTEGER", pa.int64(): "BIGINT",
    pa.float32(): "FLOAT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN", pa.string(): "VARCHAR",
    pa.date32(): "DATE", pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ", pa.binary(): "BLOB",
}  # fmt: skip


def _quoted(name: str) -> str:
    return '"' + re.sub('"', '""', name) + '"'
