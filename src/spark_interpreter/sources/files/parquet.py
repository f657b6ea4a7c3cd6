"""Profiles of Parquet files: the footers, and a sample of row groups."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from spark_interpreter.errors import SourceEmpty, SourceUnreadable
from spark_interpreter.model import ColumnProfile, FileRead, FileSource, TableProfile
from spark_interpreter.sources.files.arrow_types import directly_readable, spark_type
from spark_interpreter.sources.files.figures import with_figures
from spark_interpreter.sources.files.locate import Located

_PLACES = 8


def profile_parquet(
    source: FileSource,
    located: Located,
    *,
    name: str,
    sample_rows: int,
    opened: Callable[[Path], Any] | None = None,
    chosen: Callable[[Sequence[Any]], Sequence[tuple[Any, int]]] | None = None,
) -> TableProfile:
    """Look at Parquet files.

    Args:
        opened: gives the `ParquetFile` of a path; for files that are elsewhere.
        chosen: the row groups of such files that a sample is taken from.

    Raises:
        SourceEmpty: there is no column.
        SourceUnreadable: a file is damaged, or the files differ in their columns.
    """
    files = [(opened or _open)(path) for path in located.paths]
    schema = files[0].schema_arrow
    if not schema.names:
        raise SourceEmpty(f"'{located.label}' has no columns.")
    for path, file in zip(located.paths, files, strict=True):
        if not file.schema_arrow.equals(schema):
            raise SourceUnreadable(
                f"'{path.name}' has other columns or types than '{located.paths[0].name}'.",
                remedy="Name files with the same columns, or each as a source of its own.",
            )
    rows = sum(file.metadata.num_rows for file in files)
    groups = chosen(files) if chosen else _spread(files, sample_rows)
    sample = _sample(groups, schema, sample_rows)
    direct = located.nameable and all(directly_readable(f.type) for f in schema)
    return TableProfile(
        name=name,
        label=located.label,
        source=source,
        columns=tuple(
            with_figures(
                ColumnProfile(name=f.name, header=f.name, type=spark_type(f.type)),
                sample.column(place),
            )
            for place, f in enumerate(schema)
        ),
        row_count=int(rows / located.share),
        row_count_exact=located.share == 1,
        byte_count=located.size,
        sampled_rows=sample.num_rows,
        version=located.version,
        read=FileRead(
            format="parquet",
            paths=tuple(str(p) for p in located.paths),
            script_path=located.script_path,
            engine_direct=direct and located.plain,
            spark_direct=direct,
        ),
    )


def _open(path: Path) -> Any:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as exc:
        raise SourceUnreadable(
            f"'{path.name}' is damaged or not complete Parquet: {str(exc).splitlines()[0]}",
            remedy="Copy or write the file again.",
        ) from exc


def row_groups(files: Sequence[Any]) -> list[tuple[Any, int]]:
    """All row groups, by file and number."""
    return [(file, group) for file in files for group in range(file.num_row_groups)]


def _spread(files: Sequence[Any], sample_rows: int) -> Sequence[tuple[Any, int]]:
    """Evenly spread row groups; all of them when there are few enough rows."""
    groups = row_groups(files)
    if sum(f.metadata.num_rows for f in files) <= sample_rows:
        return groups
    step = max(1, len(groups) // _PLACES)
    return groups[::step][: _PLACES + 1]


def _sample(chosen: Sequence[tuple[Any, int]], schema: Any, sample_rows: int) -> Any:
    """The first rows of each of some row groups."""
    share = max(1, sample_rows // max(1, len(chosen)))
    batches = [batch for file, group in chosen for batch in _head(file, group, share)]
    return pa.Table.from_batches(batches, schema=schema)


def _head(file: Any, group: int, rows: int) -> Iterator[Any]:
    left = rows
    for batch in file.iter_batches(batch_size=min(rows, 10_000), row_groups=[group]):
        yield batch.slice(0, left)
        left -= len(batch)
        if left <= 0:
            return
