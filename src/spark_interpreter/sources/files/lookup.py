# ruff: noqa: S608  (SQL is put together from quoted names and literals)
"""Looking a text up in a column of the whole source."""

from spark_interpreter.model import ColumnProfile, TableProfile, ValueCount
from spark_interpreter.sources.files.relation import connect, paths_sql, values_sql
from spark_interpreter.sources.files.sql import quoted


def find_values(
    profile: TableProfile, column: ColumnProfile, text: str, limit: int
) -> tuple[ValueCount, ...]:
    """Values that equal or contain a text, ignoring case; equal ones first, then frequent ones."""
    with connect() as connection:
        if profile.file_read.columnar:
            source = f"SELECT * FROM read_parquet({paths_sql([profile.file_read.columnar])})"
        else:
            source = values_sql(connection, profile, strict=False)
        value = f"CAST({quoted(column.name)} AS VARCHAR)"
        rows = connection.execute(
            f"SELECT {value} AS value, count(*) AS n FROM ({source}) "
            f"WHERE contains(lower({value}), lower($1)) "
            "GROUP BY 1 ORDER BY lower(value) = lower($1) DESC, n DESC, value LIMIT $2",
            [text, limit],
        ).fetchall()
    return tuple(ValueCount(value=value, count=count) for value, count in rows)
