"""Outputs as a run leaves them: Parquet files and their manifest, written by hand."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_interpreter.model import Manifest, ResultColumn, ResultFile

WriteOutput = Callable[..., Path]


def spark_type(kind: pa.DataType) -> str:
    names = {
        pa.string(): "string",
        pa.int32(): "int",
        pa.int64(): "bigint",
        pa.float64(): "double",
        pa.float32(): "float",
        pa.bool_(): "boolean",
        pa.date32(): "date",
        pa.timestamp("us"): "timestamp_ntz",
        pa.timestamp("us", "UTC"): "timestamp",
        pa.binary(): "binary",
    }
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    return names.get(kind, str(kind))


def write_output(
    folder: Path, table: pa.Table, *, splits: Sequence[int] = (), ordered: bool = True
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    edges = [0, *splits, table.num_rows]
    files = []
    for number, (start, end) in enumerate(pairwise(edges)):
        name = f"part-{number:05d}.parquet"
        pq.write_table(table.slice(start, end - start), folder / name)
        size = (folder / name).stat().st_size
        files.append(ResultFile(path=name, rows=end - start, bytes=size))
    manifest = Manifest(
        run_id="r",
        columns=tuple(ResultColumn(name=f.name, type=spark_type(f.type)) for f in table.schema),
        row_count=table.num_rows,
        files=tuple(files),
        ordered=ordered,
        created=datetime.now(UTC),
    )
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    return folder


@pytest.fixture
def output(tmp_path: Path) -> WriteOutput:
    def write(table: pa.Table, *, splits: Sequence[int] = (), ordered: bool = True) -> Path:
        return write_output(tmp_path / "output", table, splits=splits, ordered=ordered)

    return write
