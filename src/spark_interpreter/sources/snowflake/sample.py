# ruff: noqa: S608  (SQL is put together from quoted names and numbers)
"""The figures of a profile, from a bounded sample."""

from collections.abc import Sequence
from typing import Any

from spark_interpreter.cancellation import current_cancellation
from spark_interpreter.model import CatalogTable, ColumnProfile, DataIssue
from spark_interpreter.sources.arrow_types import arrow_type
from spark_interpreter.sources.snowflake.names import qualified, quoted
from spark_interpreter.sources.snowflake.session import Session
from spark_interpreter.sources.snowflake.types import SnowflakeType, as_type, fetched

_LARGE = 20
"""Of tables of more than so many samples, blocks from everywhere are looked at, not the start."""


def select(
    table: CatalogTable, columns: Sequence[ColumnProfile], kinds: dict[str, SnowflakeType]
) -> str:
    """The query of some columns, in order, without conditions."""
    assert table.database
    wanted = ", ".join(
        f"{fetched(quoted(c.header), kinds[c.header].kind)} AS {quoted(c.name)}" for c in columns
    )
    return f"SELECT {wanted} FROM {qualified(table.database, table.schema_name, table.name)}"


def look(
    session: Session,
    table: CatalogTable,
    columns: Sequence[ColumnProfile],
    kinds: dict[str, SnowflakeType],
    rows: int,
) -> tuple[tuple[ColumnProfile, ...], int, tuple[DataIssue, ...]]:
    """The columns with figures of at most `rows` rows, the rows looked at, and what is odd."""
    query = select(table, columns, kinds)
    doing = f"taking a sample of {table.database}.{table.schema_name}.{table.name}"
    cancellation = current_cancellation()
    batches: list[Any] = []
    if table.kind == "table" and (table.row_count or 0) > rows * _LARGE:
        share = max(0.001, 300 * rows / (table.row_count or 1))
        blocks = f"{query} SAMPLE SYSTEM ({share:.4f}) LIMIT {rows}"
        batches = list(session.batches(blocks, doing, stopped=lambda: cancellation.cancelled))
    if not batches:
        limited = f"{query} LIMIT {rows}"
        batches = list(session.batches(limited, doing, stopped=lambda: cancellation.cancelled))
    return _figures(columns, batches)


def _figures(
    columns: Sequence[ColumnProfile], batches: Sequence[Any]
) -> tuple[tuple[ColumnProfile, ...], int, tuple[DataIssue, ...]]:
    import pyarrow as pa

    from spark_interpreter.sources.files.figures import with_figures

    looked: list[ColumnProfile] = []
    issues: list[DataIssue] = []
    for place, column in enumerate(columns):
        kind = arrow_type(column.type)
        try:
            parts = [as_type(chunk, kind) for b in batches for chunk in b.column(place).chunks]
        except pa.ArrowInvalid:
            looked.append(column)
            issues.append(too_large(column))
            continue
        looked.append(with_figures(column, pa.chunked_array(parts, type=kind)))
    return tuple(looked), sum(batch.num_rows for batch in batches), tuple(issues)


def too_large(column: ColumnProfile) -> DataIssue:
    """Whole numbers that Spark's type has no room for."""
    return DataIssue(
        kind="number_too_large",
        message="Has whole numbers of more than 18 digits, which Spark cannot read through JDBC.",
        column=column.name,
    )
