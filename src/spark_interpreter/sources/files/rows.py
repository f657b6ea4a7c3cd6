"""The rows of a text table, one after the other, whatever its encoding and however ragged."""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import FileRead, TableProfile
from spark_interpreter.sources.files.cells import Tally, cells_of_rows
from spark_interpreter.sources.files.compression import open_bytes
from spark_interpreter.sources.files.dialect import Dialect, Row, column_order, reader
from spark_interpreter.sources.files.partitions import partition_of
from spark_interpreter.sources.files.text import python_codec
from spark_interpreter.sources.files.workbook import sheet_rows

_BATCH_CELLS = 200_000


def cell_batches(profile: TableProfile, tally: Tally | None = None) -> Any:
    """The whole source as a stream of Arrow batches of text; empty cells are missing.

    Short rows are filled up, cells beyond the last column are left out; `tally` counts both.
    """
    names = [c.name for c in profile.columns]
    schema = pa.schema([(name, pa.string()) for name in names])
    return pa.RecordBatchReader.from_batches(schema, _batches(profile, schema, tally or Tally()))


def _batches(profile: TableProfile, schema: Any, tally: Tally) -> Iterator[Any]:
    read = profile.file_read
    stored = [c.header for c in profile.columns if c.name not in read.partition_columns]
    width = len(stored)
    size = max(1, _BATCH_CELLS // width)
    for path in read.paths:
        values = partition_of(path)
        rows = _file_rows(Path(path), read, stored)
        while block := list(islice(rows, size)):
            tally.add(block, width)
            folders = [
                pa.repeat(pa.scalar(values[c], pa.string()), len(block))
                for c in read.partition_columns
            ]
            columns = [*cells_of_rows(block, width).columns, *folders]
            yield pa.record_batch(columns, schema=schema)


def _file_rows(path: Path, read: FileRead, headers: Sequence[str]) -> Iterator[Row]:
    """The rows of a file below its header.

    Raises:
        SourceUnreadable: a byte is not text of the file's encoding.
    """
    if read.format == "excel":
        return islice(sheet_rows(path, read.sheet), read.skip_rows + read.header, None)
    return _delimited_rows(path, read, headers)


def _delimited_rows(path: Path, read: FileRead, headers: Sequence[str]) -> Iterator[Row]:
    dialect = Dialect(read.delimiter, read.quote, read.escape)
    with open_bytes(path, read.compression) as stream:
        codec = python_codec(read.encoding)
        lines = io.TextIOWrapper(stream, encoding=codec, newline="")
        try:
            every = (row for row in reader(lines, dialect) if row)
            rows = islice(every, read.skip_rows, None)
            header: Row | None = next(rows, []) if read.header else None
            order = column_order(header, headers)
            if order is None:
                yield from _without_mark(rows, read)
            else:
                yield from ([row[i] if i < len(row) else "" for i in order] for row in rows)
        except UnicodeDecodeError as exc:
            raise SourceUnreadable(
                f"'{path.name}' has bytes that are not {read.encoding} text.",
                remedy="Name its encoding, for example encoding='windows-1252'.",
            ) from exc


def _without_mark(rows: Iterable[Row], read: FileRead) -> Iterator[Row]:
    """Rows without the byte order mark that UTF-16 text without a header starts with."""
    for number, row in enumerate(rows):
        if number == 0 and not read.header:
            row[0] = row[0].removeprefix("\ufeff")
        yield row
