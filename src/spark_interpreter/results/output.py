"""A finished output: its manifest, and its rows in order."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from spark_interpreter.results.manifest import read_manifest

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

BATCH_ROWS = 16_384
_BATCH_BYTES = 32 * 1024 * 1024


class Output:
    """The rows a run wrote, in the order of the manifest.

    Raises:
        ResultError: the files do not agree with the manifest.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.manifest = read_manifest(self.folder)

    def batches(self, columns: list[str] | None = None) -> "Iterator[pa.RecordBatch]":
        """All rows, a few thousand at a time; row groups that are not asked for are not read."""
        import pyarrow.parquet as pq

        for file in self.manifest.files:
            with pq.ParquetFile(self.folder / file.path) as parquet:
                rows = rows_within(_BATCH_BYTES, parquet.metadata)
                yield from parquet.iter_batches(batch_size=rows, columns=columns)

    def look(self, rows: int, cells: int) -> int:
        """How many rows are cheap to look at: at most `rows`, with at most `cells` cells."""
        import pyarrow.parquet as pq

        most = min(rows, cells // max(1, len(self.manifest.columns)))
        for file in self.manifest.files[:1]:
            most = min(most, rows_within(_BATCH_BYTES, pq.read_metadata(self.folder / file.path)))
        return max(1, most)

    def head(self, rows: int, columns: list[str] | None = None) -> "pa.Table":
        """The first `rows` rows; all of them when there are fewer."""
        import pyarrow as pa

        schema = self.schema
        wanted = pa.schema([schema.field(name) for name in columns or schema.names])
        taken: list[pa.RecordBatch] = []
        for batch in self.batches(columns) if rows else ():
            taken.append(batch.slice(0, rows))
            rows -= taken[-1].num_rows
            if rows == 0:
                break
        return pa.Table.from_batches(taken, schema=wanted)

    def table(self, columns: list[str] | None = None) -> "pa.Table":
        """Every row, in memory."""
        return self.head(self.manifest.row_count, columns)

    @property
    def schema(self) -> "pa.Schema":
        """The columns as Arrow types."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self.manifest.files:
            return pq.read_schema(self.folder / self.manifest.files[0].path)
        return pa.schema([(column.name, pa.null()) for column in self.manifest.columns])


def rows_within(size: int, metadata: "pq.FileMetaData") -> int:
    """Rows of a file that take about so many bytes in memory; at least one, at most a batch."""
    groups = range(metadata.num_row_groups)
    total: int = sum(metadata.row_group(number).total_byte_size for number in groups)
    row: int = max(1, total // max(1, metadata.num_rows))
    return max(1, min(BATCH_ROWS, size // row))


def read_table(folder: str | Path) -> "pa.Table":
    """Every row of an output, in order.

    Raises:
        ResultError: the files do not agree with the manifest.
    """
    return Output(folder).table()
