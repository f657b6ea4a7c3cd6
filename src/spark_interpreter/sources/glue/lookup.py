# ruff: noqa: S608  (SQL is put together from quoted names and literals)
"""Looking a text up in a column of a Glue table."""

from collections.abc import Sequence

from spark_interpreter.model import ColumnProfile, ValueCount
from spark_interpreter.sources.files.relation import connect
from spark_interpreter.sources.files.sql import literal, quoted


def values_known(column: ColumnProfile, text: str, limit: int) -> tuple[ValueCount, ...]:
    """Values of the profile; equal ones first, then frequent ones."""
    found = [v for v in column.top_values if text.lower() in v.value.lower()]
    found.sort(key=lambda v: (v.value.lower() != text.lower(), -v.count, v.value))
    return tuple(found[:limit])


def values_in(folders: Sequence[str], column: str, text: str, limit: int) -> tuple[ValueCount, ...]:
    """Values of Parquet files; equal ones first, then frequent ones."""
    files = ", ".join(literal(f"{folder}/*.parquet") for folder in folders)
    value = f"CAST({quoted(column)} AS VARCHAR)"
    with connect() as connection:
        rows = connection.execute(
            f"SELECT {value} AS value, count(*) AS n FROM read_parquet([{files}]) "
            f"WHERE contains(lower({value}), lower($1)) "
            "GROUP BY 1 ORDER BY lower(value) = lower($1) DESC, n DESC, value LIMIT $2",
            [text, limit],
        ).fetchall()
    return tuple(ValueCount(value=value, count=count) for value, count in rows)
