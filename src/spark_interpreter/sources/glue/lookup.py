# ruff: noqa: S608  (SQL is put together from quoted names and literals)
"""Looking a text up in a column of a Glue table."""

from collections.abc import Sequence

from spark_interpreter.model import ColumnProfile, ValueCount
from spark_interpreter.sources.files.relation import connect
from spark_interpreter.sources.files.sql import literal, quoted, value_sql

_CELLS = 50_000


def values_known(column: ColumnProfile, text: str, limit: int) -> tuple[ValueCount, ...]:
    """Values of the profile; equal ones first, then frequent ones."""
    found = [v for v in column.top_values if text.lower() in v.value.lower()]
    found.sort(key=lambda v: (v.value.lower() != text.lower(), -v.count, v.value))
    return tuple(found[:limit])


def values_in(folders: Sequence[str], column: str, text: str, limit: int) -> tuple[ValueCount, ...]:
    """Values of Parquet files; equal ones first, then frequent ones."""
    value = f"CAST({quoted(column)} AS VARCHAR)"
    with connect() as connection:
        rows = connection.execute(
            f"SELECT {value} AS value, count(*) AS n FROM {_files(folders)} "
            f"WHERE contains(lower({value}), lower($1)) "
            "GROUP BY 1 ORDER BY lower(value) = lower($1) DESC, n DESC, value LIMIT $2",
            [text, limit],
        ).fetchall()
    return tuple(ValueCount(value=value, count=count) for value, count in rows)


def cells_in(folders: Sequence[str], column: ColumnProfile) -> dict[str, int]:
    """Distinct texts of a column with their counts: those that are no values of its type first."""
    cell = quoted(column.name)
    with connect() as connection:
        rows = connection.execute(
            f"SELECT {cell} AS cell, count(*) AS n FROM {_files(folders)} "
            f"WHERE {cell} IS NOT NULL AND {cell} <> '' "
            f"GROUP BY 1 ORDER BY ({value_sql(column)}) IS NULL DESC, n DESC, cell LIMIT $1",
            [_CELLS],
        ).fetchall()
    return dict(rows)


def _files(folders: Sequence[str]) -> str:
    files = ", ".join(literal(f"{folder}/*.parquet") for folder in folders)
    return f"read_parquet([{files}])"
