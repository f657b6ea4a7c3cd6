"""What a question needs of a Glue table, brought here as Parquet."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import (
    CatalogColumn,
    GlueRead,
    Need,
    Staged,
    TableProfile,
)
from spark_interpreter.model.types import is_numeric
from spark_interpreter.sources.arrow_types import arrow_schema
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.glue.catalog import GlueCatalog
from spark_interpreter.sources.glue.entries import Partition
from spark_interpreter.sources.glue.objects import Objects
from spark_interpreter.sources.glue.pruning import glue_expression, needed
from spark_interpreter.sources.glue.storage import Entry, table_storage
from spark_interpreter.sources.glue.tables import (
    Place,
    TableFiles,
    place_of,
    readable_columns,
)
from spark_interpreter.sources.glue.values import Misfits
from spark_interpreter.sources.s3.fetch import side_by_side
from spark_interpreter.sources.s3.listing import ObjectRef
from spark_interpreter.sources.staging import too_large

_MIB = 1024 * 1024
_LISTERS = 8
_READERS = 4


class _Work(NamedTuple):
    """A file and the place it belongs to."""

    item: ObjectRef
    place: Place


def fetch(
    profile: TableProfile,
    need: Need,
    entry: Entry,
    catalog: GlueCatalog,
    objects: Objects,
    *,
    folder: Path,
    max_mb: int,
    stopped: Stopped,
) -> Staged:
    """Copy the needed columns and rows into Parquet files in `folder`.

    Raises:
        SourceError: the table changed its columns, a file cannot be read, or it is too much.
        RunCancelled: `stopped` said so.
    """
    columns = _wanted(profile, need, entry)
    places, note = _places(profile, need, entry, catalog, stopped)
    work = _files(places, objects, stopped)
    _check_size(profile, work, max_mb)
    misfits = Misfits()
    files = TableFiles(objects, entry, columns, misfits, stopped)

    def copy(share: Sequence[_Work], target: Path) -> None:
        _write(target, columns, files, share, where=need.where)

    pieces = [
        partial(copy, share, folder / f"part-{number:05}.parquet")
        for number, share in enumerate(_shares(work))
    ]
    side_by_side(pieces, _READERS, stopped)
    types = {c.name: c.declared_type for c in columns}
    return Staged(
        location=profile.read.locations[0],
        paths=(str(folder),),
        note=note,
        issues=misfits.issues(types, "whole"),
    )


def _wanted(profile: TableProfile, need: Need, entry: Entry) -> tuple[CatalogColumn, ...]:
    """The needed columns, as the profile knows them and the catalog still has them.

    Raises:
        SourceUnreadable: a column is gone or has another type than the script was written for.
    """
    declared = {c.name: c for c in readable_columns(entry, table_storage(entry))[0]}
    names = [c.name for c in profile.columns if need.columns is None or c.name in need.columns]
    names = names or [_cheapest(profile)]
    for name in names:
        known = profile.column(name)
        now = declared.get(name)
        expected = "string" if known.read else known.type
        if now is None or now.type != expected:
            what = "is gone" if now is None else f"is now {now.type}"
            raise SourceUnreadable(
                f"'{profile.label}' has changed since it was looked at: "
                f"the column '{name}' {what}.",
                remedy="Ask again.",
            )
    return tuple(declared[name] for name in names)


def _cheapest(profile: TableProfile) -> str:
    """The column that stands for rows that are only counted."""
    assert isinstance(profile.read, GlueRead)
    numbers = [c.name for c in profile.columns if is_numeric(c.type)]
    return (*profile.read.partition_keys, *numbers, profile.columns[0].name)[0]


def _places(
    profile: TableProfile, need: Need, entry: Entry, catalog: GlueCatalog, stopped: Stopped
) -> tuple[list[Place], str]:
    """The folders that may hold needed rows, and what is said of their choice."""
    if not entry.get("PartitionKeys"):
        return [place_of(entry, None)], ""
    chosen, total = chosen_partitions(profile, need, entry, catalog, stopped)
    note = f"{profile.label}: {len(chosen):,} of {total:,} partitions read"
    return [place_of(entry, partition) for partition in chosen], note


def chosen_partitions(
    profile: TableProfile, need: Need, entry: Entry, catalog: GlueCatalog, stopped: Stopped
) -> tuple[list[Partition], int]:
    """The partitions that may hold needed rows, and how many there are in all."""
    assert isinstance(profile.read, GlueRead)
    keys = [c for c in readable_columns(entry, table_storage(entry))[0] if c.partition]
    expression = glue_expression(keys, need.where)
    listed = list(catalog.partitions(entry, expression=expression, stopped=stopped))
    chosen = list(needed(listed, keys, need.where))
    total = max(len(listed), (profile.read.partition_count or 0) if expression else 0)
    return chosen, total


def _files(places: Sequence[Place], objects: Objects, stopped: Stopped) -> list[_Work]:
    found: list[list[_Work]] = [[] for _ in places]

    def listed(place: Place, into: list[_Work]) -> None:
        into += [_Work(item, place) for item in objects.below(place.location, stopped)]

    work = [partial(listed, place, into) for place, into in zip(places, found, strict=True)]
    side_by_side(work, _LISTERS, stopped)
    return [each for of_place in found for each in of_place]


def _check_size(profile: TableProfile, work: Sequence[_Work], max_mb: int) -> None:
    """Text is read whole; of columnar files only the needed columns, which is seen on the way."""
    size = sum(w.item.size for w in work if w.place.storage.format in {"csv", "json"})
    if size > max_mb * _MIB:
        narrow = "Filter on its partition columns"
        raise too_large(f"'{profile.label}'", max_mb, size, narrow=narrow)


def _shares(work: Sequence[_Work]) -> list[Sequence[_Work]]:
    """The files dealt out to readers, the large ones first; one empty share for no files."""
    ordered = sorted(work, key=lambda w: -w.item.size)
    count = max(1, min(_READERS, len(ordered)))
    return [ordered[start::count] for start in range(count)]


def _write(
    target: Path,
    columns: Sequence[CatalogColumn],
    files: TableFiles,
    share: Sequence[_Work],
    *,
    where: str | None,
) -> None:
    schema = arrow_schema(columns)
    with pq.ParquetWriter(target, schema, compression="snappy") as writer:
        for item, place in share:
            for table in files.tables(item, place, columns, where=where):
                if table.num_rows:
                    writer.write_table(table)
