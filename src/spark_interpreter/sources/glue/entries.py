"""The Glue API's entries as our own types."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import CatalogColumn, CatalogSchema, CatalogTable
from spark_interpreter.model.catalog import TableKind
from spark_interpreter.sources.glue.storage import Entry, Storage, s3_location, table_storage
from spark_interpreter.sources.glue.types import spark_type

_ROWS = ("numRows", "recordCount", "spark.sql.statistics.numRows")
_BYTES = ("totalSize", "sizeKey", "rawDataSize", "spark.sql.statistics.totalSize")


class Partition(NamedTuple):
    """A partition: its values as text, in the order of the keys, and where its files are."""

    values: tuple[str, ...]
    descriptor: Entry
    parameters: Mapping[str, str]


def schema_of(database: Entry) -> CatalogSchema:
    return CatalogSchema(name=database["Name"], comment=database.get("Description") or None)


def table_of(entry: Entry) -> CatalogTable:
    """A table as declared; what cannot be read says why."""
    storage, why = _storage(entry)
    parameters = entry.get("Parameters") or {}
    return CatalogTable(
        schema_name=entry["DatabaseName"],
        name=entry["Name"],
        kind=_kind(entry),
        comment=entry.get("Description") or parameters.get("comment") or None,
        columns=columns_of(entry),
        row_count=count_of(parameters, _ROWS),
        byte_count=count_of(parameters, _BYTES),
        format=storage.format if storage else None,
        location=_location(entry) or None,
        updated=entry.get("UpdateTime"),
        unsupported=why,
    )


def columns_of(entry: Entry) -> tuple[CatalogColumn, ...]:
    """The declared columns, then the partition keys."""
    descriptor = entry.get("StorageDescriptor") or {}
    keys = entry.get("PartitionKeys") or []
    return (
        *(_column(c, partition=False) for c in descriptor.get("Columns") or []),
        *(_column(c, partition=True) for c in keys),
    )


def partition_of(entry: Entry) -> Partition:
    return Partition(
        values=tuple(entry.get("Values") or ()),
        descriptor=entry.get("StorageDescriptor") or {},
        parameters=entry.get("Parameters") or {},
    )


def row_estimate(entry: Entry) -> int | None:
    """Rows as the table's parameters have them; crawlers and Spark write them, nobody must."""
    return count_of(entry.get("Parameters") or {}, _ROWS)


def byte_estimate(entry: Entry) -> int | None:
    return count_of(entry.get("Parameters") or {}, _BYTES)


def count_of(parameters: Mapping[str, str], names: Iterable[str]) -> int | None:
    """The first of the parameters that holds a count; Hive writes -1 where it knows none."""
    for name in names:
        text = str(parameters.get(name) or "")
        if text.isdecimal():
            return int(text)
    return None


def _storage(entry: Entry) -> tuple[Storage | None, str]:
    try:
        return table_storage(entry), ""
    except SourceUnreadable as error:
        return None, str(error)


def _kind(entry: Entry) -> TableKind:
    if entry.get("TargetTable"):
        return "link"
    return "view" if entry.get("TableType") == "VIRTUAL_VIEW" else "external"


def _location(entry: Entry) -> str:
    place = str((entry.get("StorageDescriptor") or {}).get("Location") or "")
    return s3_location(place) or place


def _column(column: Entry, *, partition: bool) -> CatalogColumn:
    declared = str(column.get("Type") or "string")
    return CatalogColumn(
        name=column["Name"],
        type=spark_type(declared) or declared,
        declared_type=declared,
        comment=column.get("Comment") or None,
        partition=partition,
    )
