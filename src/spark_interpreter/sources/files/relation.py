# ruff: noqa: S608  (SQL is put together from quoted names and literals)
"""A whole source as a DuckDB relation, in bounded memory."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from spark_interpreter.cancellation import current_cancellation
from spark_interpreter.errors import RunCancelled
from spark_interpreter.model import FileRead, TableProfile
from spark_interpreter.sources.files.arrow_types import duckdb_cast
from spark_interpreter.sources.files.cells import Tally
from spark_interpreter.sources.files.partitions import partition_of
from spark_interpreter.sources.files.rows import cell_batches
from spark_interpreter.sources.files.sql import literal, quoted, strict_sql, value_sql

MEMORY_MB = 512
_FILE = "__file"
_OBJECT_SIZE = "maximum_object_size = 33554432"
_AS_TEXT = {"JSON", "UUID", "HUGEINT", "UHUGEINT", "UBIGINT", "TIME", "DATE", "TIMESTAMP"}


@contextmanager
def connect(temp_folder: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own: two threads, bounded memory, no network, times in UTC.

    Raises:
        RunCancelled: this thread's work is to stop.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{MEMORY_MB}MB",
        "threads": "2",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if temp_folder:
        config["temp_directory"] = temp_folder
    with duckdb.connect(config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        try:
            with current_cancellation().calling(connection.interrupt):
                yield connection
        except duckdb.InterruptException as exc:
            raise RunCancelled("Cancelled while the data were looked at.") from exc


def cells_sql(
    connection: duckdb.DuckDBPyConnection, profile: TableProfile, tally: Tally | None = None
) -> str:
    """A relation with the cells of a text source (CSV, Excel), one text column per column."""
    if _plain(profile):
        return _with_partitions(connection, profile.file_read, _read_csv(profile))
    connection.register("cells", cell_batches(profile, tally))
    return "cells"


def values_sql(
    connection: duckdb.DuckDBPyConnection,
    profile: TableProfile,
    *,
    strict: bool,
    tally: Tally | None = None,
) -> str:
    """A query for the source's values, in the order of its rows.

    Args:
        strict: a cell that does not fit raises instead of becoming NULL.
        tally: counts ragged rows while the query runs.
    """
    read = profile.file_read
    if read.format == "parquet":
        files = f"read_parquet({paths_sql(read.paths)}{_file_name(read)})"
        relation = _with_partitions(connection, read, files)
        return f"SELECT {_parquet_columns(profile)} FROM {relation}"
    render = strict_sql if strict else value_sql
    if read.format == "json":
        types = json_types(connection, read)
        columns = ", ".join(
            f"{render(c) if types.get(c.name, 'VARCHAR') == 'VARCHAR' else quoted(c.name)}"
            f" AS {quoted(c.name)}"
            for c in profile.columns
        )
        relation = _with_partitions(connection, read, json_sql(read, types))
        return f"SELECT {columns} FROM {relation}"
    columns = ", ".join(f"{render(c)} AS {quoted(c.name)}" for c in profile.columns)
    return f"SELECT {columns} FROM {cells_sql(connection, profile, tally)}"


def paths_sql(paths: Sequence[str]) -> str:
    """A list of files; the signs of a glob pattern mean themselves."""
    return "[" + ", ".join(literal(re.sub(r"([*?\[])", r"[\1]", p)) for p in paths) + "]"


def _plain(profile: TableProfile) -> bool:
    """Whether DuckDB's own reader sees the same rows as the engines do."""
    read = profile.file_read
    return (
        read.format == "csv" and read.engine_direct
        and len(profile.columns) - len(read.partition_columns) > 1
        and read.compression in {None, "gzip", "zstd"}
    )  # fmt: skip


def _read_csv(profile: TableProfile) -> str:
    read = profile.file_read
    stored = (c for c in profile.columns if c.name not in read.partition_columns)
    columns = ", ".join(f"{literal(c.name)}: 'VARCHAR'" for c in stored)
    return (
        f"read_csv({paths_sql(read.paths)}, auto_detect = false, delim = {literal(read.delimiter)},"
        f" quote = {literal(read.quote)}, escape = {literal(read.escape)}, "
        f"header = {str(read.header).lower()}, nullstr = '', columns = {{{columns}}}, "
        f"compression = {literal(read.compression or 'none')}{_file_name(read)})"
    )


def _parquet_columns(profile: TableProfile) -> str:
    schema = pq.read_schema(profile.file_read.paths[0])
    casts = {field.name: duckdb_cast(field.type) for field in schema}
    return ", ".join(
        f"{value_sql(c)} AS {quoted(c.name)}"
        if c.name in profile.file_read.partition_columns
        else f"CAST({quoted(c.name)} AS {casts[c.name]}) AS {quoted(c.name)}"
        if casts[c.name]
        else quoted(c.name)
        for c in profile.columns
    )


def _file_name(read: FileRead) -> str:
    """Options that add the file's name where its folders say something; DuckDB is not to guess."""
    name = f", filename = {literal(_FILE)}" if read.partition_columns else ""
    return f", hive_partitioning = false{name}"


def _with_partitions(connection: duckdb.DuckDBPyConnection, read: FileRead, relation: str) -> str:
    """The relation with the values in the names of folders, as text."""
    if not read.partition_columns:
        return relation
    partitions = [partition_of(path) for path in read.paths]
    columns = {c: pa.array([p[c] for p in partitions], pa.string()) for c in read.partition_columns}
    connection.register("partitions", pa.table({_FILE: list(read.paths), **columns}))
    return (
        f"(SELECT * EXCLUDE ({quoted(_FILE)}) FROM {relation} "
        f"JOIN partitions USING ({quoted(_FILE)}))"
    )


def json_types(connection: duckdb.DuckDBPyConnection, read: FileRead) -> dict[str, str]:
    """DuckDB types of the top-level names; what engines read apart is taken as text.

    Raises:
        duckdb.Error: it is not valid JSON.
    """
    described = connection.sql(
        f"DESCRIBE SELECT * FROM read_json({paths_sql(read.paths)}, sample_size = -1, "
        f"map_inference_threshold = -1, union_by_name = true, {_OBJECT_SIZE}, "
        "hive_partitioning = false)"
    ).fetchall()
    return {name: "VARCHAR" if kind in _AS_TEXT else kind for name, kind, *_ in described}


def json_sql(read: FileRead, types: Mapping[str, str]) -> str:
    """The relation of JSON files, read with these types."""
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in types.items())
    return (
        f"read_json({paths_sql(read.paths)}, columns = {{{columns}}}, {_OBJECT_SIZE}"
        f"{_file_name(read)})"
    )
