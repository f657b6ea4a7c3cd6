"""Run mode: reads are real, and the declared output is written in the order of the result."""

import glob
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from spark_interpreter.model import Staged
from spark_interpreter.platforms.embedded.places import (
    declare_table,
    same_place,
    same_table,
)
from spark_interpreter.platforms.embedded.protocol import Work
from spark_interpreter.platforms.embedded.spark_patches import (
    Load,
    Patches,
    in_place_of_load,
    result_columns,
    schema_of,
    unknown_location,
    written_frame,
)

ROW_GROUP_ROWS = 131_072
ROW_GROUP_BYTES = 64 * 1024 * 1024
"""Batches are gathered to a row group until it has so many rows or bytes."""


class Capture(Patches):
    """Sees the write of the declared output."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def install(self) -> None:
        super().install()
        from pyspark.sql import SparkSession
        from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter

        self.replace(SparkSession.Builder, "getOrCreate", self.on_new_session(self._declare))
        self.replace(DataFrameReader, "load", self._load)
        self.replace(DataFrameReader, "table", self._table)
        self.replace(DataFrameWriter, "save", self._save)

    def _declare(self, session: Any) -> None:
        """Tell a session of the tables that were brought here, for the text of its SQL."""
        for copy in self._work.staged:
            if copy.form == "parquet":
                declare_table(session, copy.location, copied(session, (copy,)))

    def _table(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def table(reader: Any, tableName: str) -> Any:  # noqa: N803 - Spark's name
            for copy in self._work.staged:
                if copy.form == "parquet" and same_table(copy.location, tableName):
                    return copied(reader._client, (copy,))
            return original(reader, tableName)

        return table

    def _load(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def read(call: Load) -> Any:
            named, reader = call.locations, call.reader
            copies = [self._staged(location) for location in named]
            if copies and all(copy and copy.form == "parquet" for copy in copies):
                return copied(reader._client, list(filter(None, copies)))
            files = [_files(place, copy) for place, copy in zip(named, copies, strict=True)]
            if not files:
                raise unknown_location(call.kind)
            reader._options = {k: v for k, v in reader._options.items() if k.casefold() != "path"}
            here = [file for each in files for file in each]
            frame = original(reader, here, call.format, call.schema, **call.options)
            if reader._schema:
                self.reads += [(location, reader._schema) for location in named]
            return frame

        return in_place_of_load(read)

    def _staged(self, location: str) -> Staged | None:
        """What stands here for a location; None where the location is on this machine.

        Raises:
            AnalysisException: the location is elsewhere, and is not one of the sources.
        """
        for copy in self._work.staged:
            if same_place(copy.location, location):
                return copy
        if "://" in location.removeprefix("file://"):
            raise unknown_location(location)
        _require(location)
        return None

    def _save(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def save(
            writer: Any,
            path: str | None = None,
            format: str | None = None,  # noqa: A002 - Spark's name
            mode: str | None = None,
            partitionBy: Any = None,  # noqa: N803 - Spark's name
            **options: Any,
        ) -> None:
            path = path or writer._write.options.pop("path", None)
            if path is None or not same_place(path, self._work.output):
                original(writer, path, format, mode, partitionBy, **options)
                return
            kind = format or writer._write.source
            if kind not in (None, "parquet"):
                raise ValueError(f"The result is written as Parquet, not as {kind}.")
            writer._write.partitioning_cols = []
            append = (mode or writer._write.mode) == "append"
            self._write(
                writer, lambda: original(writer, self._work.folder, "parquet", "append"), append
            )

        return save

    def _write(self, writer: Any, engine_write: Callable[[], None], append: bool) -> None:
        """One file in order, or as many as the engine likes where the order means nothing.

        The engine deals its rows out to several files, and writes none for no rows.
        """
        frame = written_frame(writer)
        self.columns = result_columns(frame)
        folder = Path(self._work.folder)
        if not append:
            for stale in folder.iterdir():
                stale.unlink()
        if not self._streams:
            engine_write()
        written = len(list(folder.iterdir()))
        if self._streams or not written:
            _stream(frame, folder / f"part-{written:05}.parquet")
        self.wrote = True

    @property
    def _streams(self) -> bool:
        """The result is fetched row by row, rather than written by the engine."""
        return self._work.ordered or self._work.remote is not None


def copied(session: Any, copies: Sequence[Staged]) -> Any:
    """The frame of copies with their source's columns, those that were left behind as well."""
    reader = session.read
    if copies[0].columns:
        reader = reader.schema(schema_of(copies[0].columns))
    return reader.parquet(*(path for copy in copies for path in copy.paths))


def _files(location: str, copy: Staged | None) -> tuple[str, ...]:
    if copy is None:
        return (location,)
    if copy.form == "parquet":
        raise unknown_location(location)
    return copy.paths


def _require(location: str) -> None:
    """The engine reads a path that is not there as no rows; nobody wants that.

    Raises:
        AnalysisException: there is no such local path.
    """
    from pyspark.errors import AnalysisException

    path = location.removeprefix("file://")
    if "://" in path or "{" in path:
        return
    if not glob.has_magic(path):
        found = Path(path).exists()
    else:
        found = next(glob.iglob(path, recursive=True), None) is not None  # noqa: PTH207
    if not found:
        raise AnalysisException(f"[PATH_NOT_FOUND] Path does not exist: {location}")


def _stream(frame: Any, file: Path) -> None:
    """Fetch the rows in order and write them to one file; memory stays bounded."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    client = frame.sparkSession.client
    batches = (
        item
        for item in client.to_table_as_iterator(frame._plan.to_proto(client), {})
        if isinstance(item, pa.Table)
    )
    first = next(batches)
    with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
        gathered: list[Any] = []
        for batch in itertools.chain([first], batches):
            gathered.append(batch)
            if _is_full(gathered):
                writer.write_table(pa.concat_tables(gathered))
                gathered = []
        if gathered:
            writer.write_table(pa.concat_tables(gathered))


def _is_full(batches: list[Any]) -> bool:
    rows: int = sum(batch.num_rows for batch in batches)
    size: int = sum(batch.nbytes for batch in batches)
    return rows >= ROW_GROUP_ROWS or size >= ROW_GROUP_BYTES
