# ruff: noqa: S608  (SQL is put together from quoted names)
"""The needed columns and rows of a table, copied to Parquet on this machine."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import Need, TableProfile
from spark_interpreter.sources.arrow_types import arrow_schema
from spark_interpreter.sources.postgres.catalog import Relation
from spark_interpreter.sources.postgres.predicate import pushed_condition
from spark_interpreter.sources.postgres.sampling import full_name
from spark_interpreter.sources.postgres.types import PostgresColumn
from spark_interpreter.sources.postgres.values import bulk_list
from spark_interpreter.sources.staging import too_large

_MIB = 1024 * 1024
_GROUP_BYTES = 64 * _MIB
_GROUP_ROWS = 1_000_000


def needed_columns(
    relation: Relation, profile: TableProfile, need: Need
) -> tuple[PostgresColumn, ...]:
    """The columns to bring; one at least, so that rows can be counted.

    Raises:
        SourceUnreadable: one of them is gone or has another type than it had.
    """
    now = {c.name: c for c in relation.columns}
    wanted = {c.lower() for c in need.columns} if need.columns is not None else None
    chosen = [c for c in profile.columns if wanted is None or c.name.lower() in wanted]
    if not chosen:
        chosen = sorted(profile.columns, key=lambda c: c.type == "string")[:1]
    for column in chosen:
        there = now.get(column.name)
        if there is None:
            raise _changed(profile, f"column '{column.name}' is gone")
        if there.type != column.type:
            raise _changed(
                profile, f"column '{column.name}' is now {there.declared}, no longer {column.type}"
            )
    return tuple(now[c.name] for c in chosen)


def _changed(profile: TableProfile, what: str) -> SourceUnreadable:
    return SourceUnreadable(
        f"'{profile.label}' has changed since it was looked at: {what}.", remedy="Ask again."
    )


def copy_query(
    relation: Relation, columns: Sequence[PostgresColumn], need: Need, repaired: frozenset[str]
) -> str:
    """The query of the needed columns and rows."""
    every = {c.name: c for c in relation.columns}
    where = pushed_condition(need.where, every, repaired)
    condition = f" WHERE {where}" if where else ""
    return f"SELECT {bulk_list(columns, repaired)} FROM {full_name(relation)}{condition}"


def write_copy(
    batches: Iterator[Any], columns: Sequence[PostgresColumn], path: Path, *, max_mb: int,
    label: str,
) -> int:  # fmt: skip
    """Write the batches, and count their rows.

    Raises:
        SourceTooLarge: the file would be larger than `max_mb`.
        UnfitValue: a value has no place in its column's type.
    """
    schema = arrow_schema(columns)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        for table in _grouped(batches, schema):
            writer.write_table(table, row_group_size=_GROUP_ROWS)
            count += table.num_rows
            if path.stat().st_size > max_mb * _MIB:
                raise too_large(f"'{label}'", max_mb)
    return count


def _grouped(batches: Iterator[Any], schema: Any) -> Iterator[Any]:
    """Batches together in row groups of a good size."""
    waiting: list[Any] = []
    size = 0
    for batch in batches:
        waiting.append(batch)
        size += batch.nbytes
        if size >= _GROUP_BYTES:
            yield pa.Table.from_batches(waiting, schema)
            waiting, size = [], 0
    if waiting:
        yield pa.Table.from_batches(waiting, schema)
