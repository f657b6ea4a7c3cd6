"""Parquet objects: footers and samples for a profile, needed columns and rows for a run."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import FileSource, Need, Staged, TableProfile
from spark_interpreter.model.patterns import escaped
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.files.locate import Located
from spark_interpreter.sources.files.parquet import profile_parquet, row_groups
from spark_interpreter.sources.files.partitions import Partition, typed_array
from spark_interpreter.sources.s3.fetch import Fetcher, ObjectFile, side_by_side, stopped_by_scope
from spark_interpreter.sources.s3.listing import Listing, ObjectRef
from spark_interpreter.sources.s3.pushdown import arrow_filter
from spark_interpreter.sources.s3.sample import chosen
from spark_interpreter.sources.staging import too_large

FOOTERS = 32
"""Footers that a profile reads; of more objects it reads some."""
_THREADS = 4
_MIB = 1024 * 1024
_BUFFER_BYTES = _MIB
_SAMPLE_GROUPS = 3
_SAMPLE_BYTES = 32 * _MIB
"""Row groups that a profile fetches whole; of larger ones it reads one, column by column."""


def profile_objects(
    fetcher: Fetcher,
    source: FileSource,
    located: Located,
    listing: Listing,
    *,
    name: str,
    sample_rows: int,
) -> TableProfile:
    """Look at the footers of Parquet objects, and at some of their rows.

    Raises:
        SourceUnreadable: one is damaged, or they differ in their columns.
    """
    objects = chosen(listing.objects, FOOTERS)
    paths = {Path(f"/{each.bucket}/{each.key}"): each for each in objects}

    stored: dict[int, ObjectFile] = {}

    def opened(path: Path) -> Any:
        bytes_ = ObjectFile(fetcher, paths[path], stopped_by_scope())
        # Buffered, a column is read page by page; otherwise a whole row group comes at once.
        file = _opened(bytes_, paths[path], buffer_size=_BUFFER_BYTES, pre_buffer=False)
        stored[id(file)] = bytes_
        return file

    def groups(files: Sequence[Any]) -> list[tuple[Any, int]]:
        found = _affordable(files)
        for file, group in found:
            start, end = _range(file, group)
            if end - start <= _SAMPLE_BYTES:
                stored[id(file)].keep(start, end)
        return found

    seen = located._replace(
        paths=tuple(paths), share=sum(each.size for each in objects) / listing.size
    )
    return profile_parquet(
        source, seen, name=name, sample_rows=sample_rows, opened=opened, chosen=groups
    )


def stage_objects(
    fetcher: Fetcher,
    profile: TableProfile,
    objects: Sequence[tuple[ObjectRef, Partition]],
    need: Need,
    folder: Path,
    *,
    stopped: Stopped,
    max_mb: int,
) -> tuple[Staged, ...]:
    """Write the needed columns and rows of Parquet objects to Parquet files here.

    Raises:
        SourceTooLarge: what would have to be read is more than `max_mb`.
        SourceError: an object cannot be read, or has not the columns of the profile.
        RunCancelled: `stopped` said so.
    """
    types = {c.name: c.type for c in profile.columns}
    scan = _Scan(_wanted(profile, need), types, arrow_filter(need.where, types))
    targets = [folder / f"part-{number:05}.parquet" for number in range(len(objects))]
    budget = _Budget(profile.label, max_mb)

    def piece(place: int) -> Callable[[], None]:
        def work() -> None:
            each, partition = objects[place]
            stored = ObjectFile(fetcher, each, stopped)
            metadata = _opened(stored, each).metadata
            budget.add(_stored_bytes(metadata, scan.wanted))
            schema = metadata.schema.to_arrow_schema()
            _require_columns(each, schema, [n for n in scan.wanted if n not in partition])
            _copy(stored, schema, scan, partition, targets[place])

        return work

    side_by_side([piece(place) for place in range(len(objects))], _THREADS, stopped)
    read = profile.file_read
    if read.script_path:
        return (Staged(location=read.script_path, paths=tuple(map(str, targets))),)
    by_uri = {each.uri: str(target) for (each, _), target in zip(objects, targets, strict=True)}
    return tuple(Staged(location=escaped(uri), paths=(by_uri[uri],)) for uri in read.paths)


def _affordable(files: Sequence[Any]) -> list[tuple[Any, int]]:
    """Row groups of different files, together not too large; else the smallest there is.

    One of each file, as what was fetched of a file is kept until the next is fetched of it.
    """
    ordered = chosen([file for file in files if file.num_row_groups], _SAMPLE_GROUPS)
    found, size = [], 0
    for place, file in enumerate(ordered):
        group = 0 if place < len(ordered) - 1 else file.num_row_groups - 1
        start, end = _range(file, group)
        if size + end - start <= _SAMPLE_BYTES:
            found.append((file, group))
            size += end - start
    every = row_groups(files)
    return found or sorted(every, key=lambda each: _length(*_range(*each)))[:1]


def _range(file: Any, group: int) -> tuple[int, int]:
    """Where the bytes of a row group begin and end."""
    metadata = file.metadata.row_group(group)
    columns = [metadata.column(place) for place in range(metadata.num_columns)]
    starts = [
        min(c.data_page_offset, c.dictionary_page_offset or c.data_page_offset) for c in columns
    ]
    ends = [s + c.total_compressed_size for s, c in zip(starts, columns, strict=True)]
    return min(starts, default=0), max(ends, default=0)


def _length(start: int, end: int) -> int:
    return end - start


class _Scan(NamedTuple):
    """What is wanted of every object; `types` are Spark's, of all columns."""

    wanted: Sequence[str]
    types: Mapping[str, str]
    filter: Any


class _Budget:
    """How much may still be read."""

    def __init__(self, label: str, max_mb: int) -> None:
        self._label = label
        self._max_mb = max_mb
        self._used = 0

    def add(self, size: int) -> None:
        self._used += size
        if self._used > self._max_mb * _MIB:
            raise too_large(f"'{self._label}'", self._max_mb, self._used)


def _opened(stored: ObjectFile, each: ObjectRef, **options: Any) -> Any:
    try:
        return pq.ParquetFile(pa.PythonFile(stored, "r"), **options)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as exc:
        raise SourceUnreadable(
            f"'{each.uri}' is damaged or not complete Parquet: {str(exc).splitlines()[0]}",
            remedy="Copy or write the file again.",
        ) from exc


def _wanted(profile: TableProfile, need: Need) -> list[str]:
    """Columns to bring, in the table's order; at least one, so that rows can be counted."""
    names = [c.name for c in profile.columns]
    if need.columns is None:
        return names
    asked = {name.casefold() for name in need.columns}
    return [name for name in names if name.casefold() in asked] or names[:1]


def _stored_bytes(metadata: Any, wanted: Sequence[str]) -> int:
    columns = set(wanted)
    return sum(
        chunk.total_compressed_size
        for group in range(metadata.num_row_groups)
        for place in range(metadata.num_columns)
        if (chunk := metadata.row_group(group).column(place)).path_in_schema.split(".")[0]
        in columns
    )


def _require_columns(each: ObjectRef, schema: Any, wanted: Sequence[str]) -> None:
    if missing := [name for name in wanted if name not in schema.names]:
        raise SourceUnreadable(
            f"'{each.uri}' has no column '{missing[0]}', which other objects have.",
            remedy="Name objects with the same columns, or each as a source of its own.",
        )


def _copy(stored: ObjectFile, schema: Any, scan: _Scan, partition: Partition, target: Path) -> None:
    """Write the wanted columns and rows of an object to a file here."""
    known = pc.scalar(True)
    for name, value in partition.items():
        constant = typed_array([value], scan.types[name])
        schema = schema.append(pa.field(name, constant.type))
        known &= pc.field(name).is_null() if value is None else pc.field(name) == constant[0]
    form = ds.ParquetFileFormat(
        default_fragment_scan_options=ds.ParquetFragmentScanOptions(pre_buffer=True)
    )
    fragment = form.make_fragment(pa.PythonFile(stored, "r"), partition_expression=known)
    dataset = ds.FileSystemDataset([fragment], schema, form)
    scanner = dataset.scanner(columns=list(scan.wanted), filter=scan.filter, batch_readahead=2)
    with pq.ParquetWriter(target, scanner.projected_schema, compression="zstd") as writer:
        for batch in scanner.to_batches():
            if batch.num_rows:
                writer.write_batch(batch)
