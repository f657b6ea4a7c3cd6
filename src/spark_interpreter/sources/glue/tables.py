"""A Glue table's files as tables of values."""

import zlib
from collections.abc import Iterator, Sequence
from lzma import LZMAError
from typing import Any, NamedTuple

import pyarrow as pa

from spark_interpreter.model import CatalogColumn
from spark_interpreter.sources.arrow_types import arrow_schema, arrow_type
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.files.relation import connect
from spark_interpreter.sources.glue import columnar, documents, lines
from spark_interpreter.sources.glue.entries import Partition, columns_of
from spark_interpreter.sources.glue.objects import Objects, damaged
from spark_interpreter.sources.glue.pruning import NO_VALUE, key_value
from spark_interpreter.sources.glue.storage import Entry, Storage, s3_location, storage_of
from spark_interpreter.sources.glue.types import spark_type
from spark_interpreter.sources.glue.values import Cell, Misfits, readable_from_text, typed
from spark_interpreter.sources.s3.listing import ObjectRef
from spark_interpreter.sources.s3.pushdown import arrow_filter

DAMAGE = (EOFError, OSError, zlib.error, LZMAError, pa.ArrowInvalid, pa.ArrowException)
"""What readers raise for bytes that are not what they should be."""


class Place(NamedTuple):
    """A folder of files: a partition, or all of a table that has none."""

    values: tuple[str, ...]
    location: str
    storage: Storage


def place_of(entry: Entry, partition: Partition | None) -> Place:
    """Where a partition's files are and how they are laid out, which may differ from its table's.

    Raises:
        SourceUnreadable: nobody here reads such files.
    """
    table = entry["StorageDescriptor"]
    own = partition.descriptor if partition else {}
    descriptor = {**table, **{key: value for key, value in own.items() if value}}
    parameters = {**(entry.get("Parameters") or {}), **(partition.parameters if partition else {})}
    storage = storage_of(descriptor, parameters, f"{entry['DatabaseName']}.{entry['Name']}")
    values = partition.values if partition else ()
    return Place(values, s3_location(descriptor["Location"]), storage)


def readable_columns(
    entry: Entry, storage: Storage
) -> tuple[tuple[CatalogColumn, ...], tuple[CatalogColumn, ...]]:
    """The columns as they are read, and those that cannot be read here.

    OpenCSVSerde gives text, whatever its columns are declared as.
    """
    kept, left_out = [], []
    for column in columns_of(entry):
        if storage.serde == "open_csv" and not column.partition:
            kept.append(column.model_copy(update={"type": "string"}))
        elif _readable(column, storage):
            kept.append(column)
        else:
            left_out.append(column)
    return tuple(kept), tuple(left_out)


def _readable(column: CatalogColumn, storage: Storage) -> bool:
    if spark_type(column.declared_type) is None:
        return False
    if column.partition or storage.format in {"parquet", "orc"}:
        return True
    return readable_from_text(column.type, json=storage.format == "json")


class TableFiles:
    """Reads the files of one table.

    Args:
        declared: all columns of the table's files, for the places of cells in rows.
        misfits: gets the cells that did not fit their types.
    """

    def __init__(
        self,
        objects: Objects,
        entry: Entry,
        declared: Sequence[CatalogColumn],
        misfits: Misfits,
        stopped: Stopped,
    ) -> None:
        self._objects = objects
        self._stopped = stopped
        self._all = tuple(c for c in columns_of(entry) if not c.partition)
        self._keys = tuple(c for c in columns_of(entry) if c.partition)
        self._by_name = {c.name: c for c in declared}
        self.misfits = misfits

    def tables(
        self,
        item: ObjectRef,
        place: Place,
        columns: Sequence[CatalogColumn],
        *,
        where: str | None = None,
    ) -> Iterator[Any]:
        """The rows of a file as tables of the columns, partition keys among them.

        Args:
            where: a condition in Spark SQL; rows that do not meet it may be left out.

        Raises:
            SourceError: the file is damaged, denied or gone.
        """
        data = [c for c in columns if not c.partition]
        try:
            for table in self._rows(item, place.storage, data, where):
                yield self._with_keys(table, place, columns)
        except DAMAGE as exc:
            raise damaged(item, exc) from exc

    def of_lines(
        self,
        rows: Sequence[str],
        item: ObjectRef,
        storage: Storage,
        data: Sequence[CatalogColumn],
    ) -> Any:
        """Lines of text as a table of values."""
        if storage.format == "json":
            cells = documents.cells_of(rows, storage, data, item)
        else:
            places = [self._place(c) for c in data]
            cells = lines.cells_of(rows, storage, places, len(self._all))
        texts = pa.table(cells, names=[c.name for c in data])
        if storage.serde == "open_csv":
            return texts
        kinds = [Cell(c.name, c.type, c.declared_type, storage.format == "json") for c in data]
        with connect() as connection:
            return typed(connection, texts, kinds, self.misfits)

    def with_keys(self, table: Any, place: Place, columns: Sequence[CatalogColumn]) -> Any:
        """The table with the partition's values, in the order of the columns."""
        return self._with_keys(table, place, columns)

    def _rows(
        self,
        item: ObjectRef,
        storage: Storage,
        data: Sequence[CatalogColumn],
        where: str | None,
    ) -> Iterator[Any]:
        if storage.format in {"parquet", "orc"}:
            with self._objects.open(item, self._stopped) as file:
                yield from columnar.batches(
                    storage.format, item, file, self._all, wanted=data, where=where
                )
            return
        # A table without columns has no rows: where none is needed, the first stands for them.
        read = data or [self._by_name.get(c.name, c) for c in self._all[:1]]
        with self._objects.text(item, self._stopped) as stream:
            for block in lines.text_blocks(stream, storage.header_lines):
                table = self.of_lines(block, item, storage, read)
                test = arrow_filter(where, {c.name: c.type for c in data})
                yield table.filter(test) if test is not None else table

    def _place(self, column: CatalogColumn) -> int:
        return next(i for i, c in enumerate(self._all) if c.name == column.name)

    def _with_keys(self, table: Any, place: Place, columns: Sequence[CatalogColumn]) -> Any:
        values = dict(zip((k.name for k in self._keys), place.values, strict=True))
        arrays = [
            _repeated(values[c.name], c, table.num_rows) if c.partition else table.column(c.name)
            for c in columns
        ]
        schema = arrow_schema(columns)
        return pa.table(arrays, schema=schema)


def key_scalar(text: str, column: CatalogColumn) -> Any:
    """A partition key's value (pyarrow)."""
    kind = arrow_type(column.type)
    missing = pa.scalar(None, kind)
    if text == NO_VALUE:
        return missing
    try:
        if pa.types.is_floating(kind):
            return pa.scalar(float(text), kind)
        value = key_value(text, column.type)
        return pa.scalar(value, kind)
    except (ValueError, OverflowError, pa.ArrowException):
        return missing


def _repeated(text: str, column: CatalogColumn, count: int) -> Any:
    return pa.repeat(key_scalar(text, column), count)
