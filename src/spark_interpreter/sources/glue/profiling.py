"""Profiles of Glue tables: the catalog's words, and figures from a sample of the files."""

from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa

from spark_interpreter.errors import SourceEmpty
from spark_interpreter.model import (
    CatalogColumn,
    ColumnProfile,
    DataIssue,
    GlueRead,
    GlueTable,
    TableProfile,
)
from spark_interpreter.sources.arrow_types import arrow_schema, arrow_type
from spark_interpreter.sources.files.figures import with_figures
from spark_interpreter.sources.files.issues import Scope
from spark_interpreter.sources.glue import columnar
from spark_interpreter.sources.glue.catalog import GlueCatalog
from spark_interpreter.sources.glue.entries import (
    Partition,
    byte_estimate,
    columns_of,
    row_estimate,
    table_of,
)
from spark_interpreter.sources.glue.objects import Objects, compression_of, damaged
from spark_interpreter.sources.glue.open_text import text_columns
from spark_interpreter.sources.glue.statistics import with_statistics
from spark_interpreter.sources.glue.storage import Entry, Storage, table_storage
from spark_interpreter.sources.glue.tables import (
    DAMAGE,
    Place,
    TableFiles,
    key_scalar,
    place_of,
    readable_columns,
)
from spark_interpreter.sources.glue.values import Misfits
from spark_interpreter.sources.s3.fetch import stopped_by_scope
from spark_interpreter.sources.s3.listing import ObjectRef

_PLACES = 8
"""Partitions and files that a sample is taken from, evenly spread."""
_LISTED_PLACES = 64
_LISTED_FILES = 5_000
_HEAD_BYTES = 512 * 1024
"""Of each text file of the sample."""


class _Sample(NamedTuple):
    """Rows of some files.

    Attributes:
        stored: bytes at rest that the rows were taken from.
        rows: rows of those bytes; of columnar files, what their footers say.
        whole: the sample is all there is.
    """

    table: Any
    stored: int
    rows: int
    whole: bool


class _Listing(NamedTuple):
    """Files of a table.

    Attributes:
        size: bytes of all of its files; None if there are too many to list.
    """

    files: tuple[tuple[ObjectRef, Place], ...]
    size: int | None


def profile_table(
    source: GlueTable,
    entry: Entry,
    catalog: GlueCatalog,
    objects: Objects,
    *,
    name: str,
    sample_rows: int,
) -> TableProfile:
    """Look at a table.

    Raises:
        SourceEmpty: it has no columns.
        SourceUnreadable: it is of a kind that cannot be read, or its files are damaged.
    """
    storage = table_storage(entry)
    columns, left_out = readable_columns(entry, storage)
    label = f"{entry['DatabaseName']}.{entry['Name']}"
    if not columns:
        raise SourceEmpty(f"'{label}' has no columns that can be read.")
    partitions = (
        list(catalog.partitions(entry, stopped=stopped_by_scope()))
        if entry.get("PartitionKeys")
        else [None]
    )
    listing = _listed(entry, partitions, objects)
    misfits = Misfits()
    sample = _sample(entry, columns, listing, objects, misfits=misfits, sample_rows=sample_rows)
    scope: Scope = "whole" if sample.whole else "sample"
    profiles, issues = _columns(entry, columns, storage, sample, partitions=partitions, scope=scope)
    size = listing.size if listing.size is not None else byte_estimate(entry)
    types = {c.name: c.declared_type for c in columns}
    return TableProfile(
        name=name,
        label=label,
        source=source,
        columns=with_statistics(profiles, catalog, entry, whole=sample.whole),
        row_count=_row_count(entry, sample, size),
        row_count_exact=sample.whole,
        byte_count=size,
        sampled_rows=sample.table.num_rows,
        issues=(
            *_table_issues(storage, left_out),
            *issues,
            *misfits.issues(types, scope),
        ),
        version=f"{entry.get('VersionId', '')} {entry.get('UpdateTime', '')}",
        read=GlueRead(
            database=entry["DatabaseName"],
            table=entry["Name"],
            format=storage.format,
            location=table_of(entry).location or "",
            partition_keys=tuple(c.name for c in columns if c.partition),
            partition_count=len(partitions) if entry.get("PartitionKeys") else None,
        ),
    )


def _listed(entry: Entry, partitions: Sequence[Partition | None], objects: Objects) -> _Listing:
    """Files of evenly spread partitions, of all of them where there are few."""
    chosen = _spread(partitions, _LISTED_PLACES)
    files: list[tuple[ObjectRef, Place]] = []
    complete = len(chosen) == len(partitions)
    for partition in chosen:
        place = place_of(entry, partition)
        left = _LISTED_FILES - len(files)
        found = list(islice(objects.below(place.location, stopped_by_scope()), left + 1))
        complete = complete and len(found) <= left
        files += [(item, place) for item in found[:left]]
    size = sum(item.size for item, _ in files)
    return _Listing(tuple(files), size if complete else None)


def _spread(items: Sequence[Any], count: int) -> list[Any]:
    if len(items) <= count:
        return list(items)
    step = (len(items) - 1) / (count - 1)
    return [items[round(place * step)] for place in range(count)]


def _sample(
    entry: Entry,
    columns: Sequence[CatalogColumn],
    listing: _Listing,
    objects: Objects,
    *,
    misfits: Misfits,
    sample_rows: int,
) -> _Sample:
    files = TableFiles(objects, entry, columns, misfits, stopped_by_scope())
    chosen = _spread(listing.files, _PLACES)
    share = max(1, sample_rows // max(1, len(chosen)))
    schema = arrow_schema(columns)
    parts = [_head(files, objects, item, place, columns, rows=share) for item, place in chosen]
    table = pa.concat_tables([schema.empty_table(), *(part.table for part in parts)])
    whole = listing.size is not None and len(chosen) == len(listing.files)
    return _Sample(
        table,
        sum(part.stored for part in parts),
        sum(part.rows for part in parts),
        whole and all(part.whole for part in parts),
    )


def _head(
    files: TableFiles,
    objects: Objects,
    item: ObjectRef,
    place: Place,
    columns: Sequence[CatalogColumn],
    *,
    rows: int,
) -> _Sample:
    """The first rows of a file."""
    if place.storage.format in {"parquet", "orc"}:
        return _first_batches(files, objects, item, place, columns, rows=rows)
    lines, whole, stored = _head_lines(objects, item)
    lines = lines[place.storage.header_lines :]
    data = [c for c in columns if not c.partition]
    typed = files.of_lines(lines, item, place.storage, data)
    table = files.with_keys(typed, place, columns)
    return _Sample(table.slice(0, rows), stored, table.num_rows, whole and table.num_rows <= rows)


def _first_batches(
    files: TableFiles,
    objects: Objects,
    item: ObjectRef,
    place: Place,
    columns: Sequence[CatalogColumn],
    *,
    rows: int,
) -> _Sample:
    try:
        with objects.open(item, stopped_by_scope()) as file:
            count = columnar.row_count(place.storage.format, file)
    except DAMAGE as exc:
        raise damaged(item, exc) from exc
    parts, left = [], rows
    for table in files.tables(item, place, columns):
        parts.append(table.slice(0, left))
        left -= parts[-1].num_rows
        if left <= 0:
            break
    schema = arrow_schema(columns)
    found = pa.concat_tables([schema.empty_table(), *parts])
    return _Sample(found, item.size, count, found.num_rows == count)


def _head_lines(objects: Objects, item: ObjectRef) -> tuple[list[str], bool, int]:
    """Lines from the beginning of a text file, whether they are all, and their bytes at rest."""
    from spark_interpreter.sources.glue.lines import lines_of

    limit = _HEAD_BYTES if item.size > _HEAD_BYTES else None
    data = bytearray()
    ended = False
    try:
        with objects.text(item, stopped_by_scope(), at_most=limit) as stream:
            while len(data) < 8 * _HEAD_BYTES and not ended:
                block = stream.read(64 * 1024)
                data += block
                ended = not block
    except DAMAGE as exc:
        if limit is None:
            raise damaged(item, exc) from exc
    whole = ended and limit is None
    text = bytes(data) if whole else bytes(data[: data.rfind(b"\n") + 1])
    stored = item.size if whole or limit is None else limit
    if compression_of(item) is None:
        stored = len(text)
    return lines_of(text.removesuffix(b"\n")) if text else [], whole, stored


def _row_count(entry: Entry, sample: _Sample, size: int | None) -> int | None:
    if sample.whole:
        return sample.rows
    if (known := row_estimate(entry)) is not None:
        return known
    if size is None or not sample.stored:
        return None
    return round(sample.rows * size / sample.stored)


def _columns(
    entry: Entry,
    columns: Sequence[CatalogColumn],
    storage: Storage,
    sample: _Sample,
    *,
    partitions: Sequence[Partition | None],
    scope: Scope,
) -> tuple[tuple[ColumnProfile, ...], tuple[DataIssue, ...]]:
    data = [c for c in columns if not c.partition]
    if storage.serde == "open_csv":
        declared = {c.name: c for c in columns_of(entry)}
        found, issues = text_columns([declared[c.name] for c in data], sample.table, scope)
    else:
        found = tuple(with_figures(_plain(c), sample.table.column(c.name)) for c in data)
        issues = ()
    keys = [c for c in columns if c.partition]
    of_keys = (_key_column(c, n, partitions) for n, c in enumerate(keys))
    return (*found, *of_keys), issues


def _plain(column: CatalogColumn) -> ColumnProfile:
    return ColumnProfile(
        name=column.name, header=column.name, type=column.type, comment=column.comment
    )


def _key_column(
    column: CatalogColumn, place: int, partitions: Sequence[Partition | None]
) -> ColumnProfile:
    """A partition key: its values are those of the partitions, counted by them."""
    values = [key_scalar(p.values[place], column) for p in partitions if p is not None]
    array = pa.array([v.as_py() for v in values], arrow_type(column.type))
    return with_figures(_plain(column), array).model_copy(update={"unique": False})


def _table_issues(storage: Storage, left_out: Sequence[CatalogColumn]) -> list[DataIssue]:
    issues = []
    if left_out:
        named = ", ".join(f"{c.name} ({c.declared_type})" for c in left_out[:5])
        issues.append(
            DataIssue(
                kind="left_out_columns",
                message=f"{named} cannot be read on this machine and may not be asked about.",
                scope="whole",
            )
        )
    if storage.header_lines:
        issues.append(
            DataIssue(
                kind="header_lines",
                message="The first line of each file is taken for a header, as the table says "
                "(skip.header.line.count); Apache Spark reads it as a row.",
                scope="whole",
            )
        )
    return issues
