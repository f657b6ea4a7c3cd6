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
from spark_interpreter.sources.files.issues import Scope, listed
from spark_interpreter.sources.glue.types import arrow_type, is_nested, width_of

_EXAMPLES = 3
_FLOAT = r"[ ]*[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|NaN|Infinity)[ ]*"
_SHAPES = {
    "tinyint": r"[+-]?\d+(?:\.\d*)?",
    "smallint": r"[+-]?\d+(?:\.\d*)?",
    "int": r"[+-]?\d+(?:\.\d*)?",
    "bigint": r"[+-]?\d+(?:\.\d*)?",
    "float": _FLOAT,
    "double": _FLOAT,
    "date": r"\d{4}-\d{1,2}-\d{1,2}",
    "timestamp": r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d{1,9})?",
}
_JSON_MOMENT = (
    r"\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?"
)
_DUCKDB = {
    "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT",
    "float": "FLOAT", "double": "DOUBLE", "date": "DATE", "timestamp": "TIMESTAMP",
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
    schema = pa.schema([(c.name, arrow_type(c.type)) for c in columns])
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
        sized = width_of(column.declared)
        text = f"substr({cell}, 1, {sized[1]})" if sized else cell
        return f"rtrim({text}, ' ')" if sized and sized[0] == "char" else text
    if kind == "boolean":
        return f"CASE lower({cell}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if kind.startswith("decimal"):
        return f"TRY_CAST(trim({cell}) AS {kind})"
    if is_nested(kind):
        return f"TRY_CAST(TRY_CAST({cell} AS JSON) AS {_duckdb_type(kind)})"
    if column.json and kind == "timestamp":
        value = f"TRY_CAST({cell} AS TIMESTAMPTZ)"
        return f"CASE WHEN regexp_full_match({cell}, '{_JSON_MOMENT}') THEN {value} END"
    text = f"CASE WHEN regexp_full_match({cell}, '{_SHAPES[kind]}') THEN {cell} END"
    if kind in {"tinyint", "smallint", "int", "bigint"}:
        text = f"split_part({text}, '.', 1)"
    value = f"TRY_CAST({text} AS {_DUCKDB[kind]})"
    return f"CAST({value} AS TIMESTAMPTZ)" if kind == "timestamp" else value


def _duckdb_type(spark: str) -> str:
    """A nested Spark type in DuckDB's words."""
    return _arrow_sql(arrow_type(spark))


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
