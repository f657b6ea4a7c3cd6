"""Run mode: reads are real, and the declared output is written in the order of the result."""

import glob
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spark_interpreter.platforms.embedded.protocol import Work
from spark_interpreter.platforms.embedded.spark_patches import (
    Patches,
    locations,
    result_columns,
    same_place,
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
        from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter

        self.replace(DataFrameReader, "load", self._load)
        self.replace(DataFrameWriter, "save", self._save)

    def _load(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def load(
            reader: Any,
            path: Any = None,
            format: Any = None,  # noqa: A002 - Spark's name
            schema: Any = None,
            **options: Any,
        ) -> Any:
            frame = original(reader, path, format, schema, **options)
            for location in locations(path, reader._options | options):
                _require(location)
                if reader._schema:
                    self.reads.append((location, reader._schema))
            return frame

        return load

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
            self._write(writer, lambda: original(writer, path, "parquet", "append"), append)

        return save

    def _write(self, writer: Any, engine_write: Callable[[], None], append: bool) -> None:
        """One file in order, or as many as the engine likes where the order means nothing.

        The engine deals its rows out to several files, and writes none for no rows.
        """
        frame = written_frame(writer)
        self.columns = result_columns(frame)
        folder = Path(self._work.output)
        if not append:
            for stale in folder.iterdir():
                stale.unlink()
        if not self._work.ordered:
            engine_write()
        written = len(list(folder.iterdir()))
        if self._work.ordered or not written:
            _stream(frame, folder / f"part-{written:05}.parquet")
        self.wrote = True


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
