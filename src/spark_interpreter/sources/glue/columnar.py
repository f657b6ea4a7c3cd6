"""Parquet and ORC files of a table, read in the catalog's columns and types."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import orc

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import CatalogColumn
from spark_interpreter.sources.arrow_types import arrow_schema, arrow_type
from spark_interpreter.sources.glue.types import width_of
from spark_interpreter.sources.s3.fetch import ObjectFile
from spark_interpreter.sources.s3.listing import ObjectRef
from spark_interpreter.sources.s3.pushdown import arrow_filter

_BATCH_ROWS = 65_536


def row_count(form: str, file: ObjectFile) -> int:
    """Rows of a file, from its footer."""
    if form == "parquet":
        return int(pq.ParquetFile(file).metadata.num_rows)
    return int(orc.ORCFile(file).nrows)


def batches(
    form: str,
    item: ObjectRef,
    file: ObjectFile,
    declared: Sequence[CatalogColumn],
    *,
    wanted: Sequence[CatalogColumn],
    where: str | None = None,
    batch_rows: int = _BATCH_ROWS,
) -> Iterator[Any]:
    """The file's rows as tables of the columns; a column the file lacks is missing throughout.

    Names are found ignoring case, as Spark does for Hive tables; in ORC files that name their
    columns `_col0, _col1, …`, as Hive wrote them, by place.

    Args:
        declared: all columns of the table's files.
        wanted: the columns of the answer.
        where: a condition in Spark SQL; rows that do not meet it may be left out.

    Raises:
        SourceUnreadable: a column's values do not fit its type in the catalog.
    """
    made = (ds.ParquetFileFormat() if form == "parquet" else ds.OrcFileFormat()).make_fragment(file)
    stored = made.physical_schema
    names = _stored_names(stored, declared)
    projection = {c.name: ds.field(names[c.name]) for c in wanted if c.name in names}
    scanner = made.scanner(
        schema=stored,
        columns=projection,
        filter=arrow_filter(where, _comparable(names, stored, declared)),
        batch_size=batch_rows,
        use_threads=False,
    )
    for batch in scanner.to_batches():
        table = pa.Table.from_batches([batch])
        yield _in_types(table, wanted, item)


def _stored_names(stored: Any, declared: Sequence[CatalogColumn]) -> Mapping[str, str]:
    """The file's name for each column it has."""
    if stored.names and all(name == f"_col{place}" for place, name in enumerate(stored.names)):
        return {c.name: name for c, name in zip(declared, stored.names, strict=False)}
    by_lower = {name.lower(): name for name in reversed(stored.names)}
    return {c.name: by_lower[c.name.lower()] for c in declared if c.name.lower() in by_lower}


def _comparable(
    names: Mapping[str, str], stored: Any, declared: Sequence[CatalogColumn]
) -> Mapping[str, str]:
    """Types of the columns whose stored values are compared as the catalog's: by their names."""
    return {
        names[c.name]: c.type
        for c in declared
        if c.name in names
        and names[c.name].lower() == c.name.lower()
        and stored.field(names[c.name]).type == arrow_type(c.type)
        and not width_of(c.declared_type)
    }


def _in_types(table: Any, columns: Sequence[CatalogColumn], item: ObjectRef) -> Any:
    """The table with all columns, in their order and types."""
    arrays = []
    for column in columns:
        kind = arrow_type(column.type)
        if column.name not in table.column_names:
            arrays.append(pa.nulls(table.num_rows, kind))
            continue
        values = table.column(column.name)
        try:
            arrays.append(_cast(values, kind, column))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as exc:
            raise SourceUnreadable(
                f"The column '{column.name}' is {column.declared_type} in the catalog, but "
                f"{values.type} in '{item.uri}', and its values do not fit.",
                remedy="Correct the column's type in Glue.",
            ) from exc
    return pa.table(arrays, schema=arrow_schema(columns))


def _cast(values: Any, kind: Any, column: CatalogColumn) -> Any:
    import pyarrow.compute as pc

    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_timestamp(kind) and pa.types.is_timestamp(values.type):
        # Times are kept to the microsecond, as Spark does; those without a zone are in UTC.
        return values.cast(pa.timestamp("us", tz=values.type.tz), safe=False).cast(kind)
    if pa.types.is_string(kind) and not _textual(values.type):
        raise pa.ArrowInvalid("not text")
    values = values.cast(kind)
    sized = width_of(column.declared_type)
    return pc.utf8_rtrim(values, characters=" ") if sized and sized[0] == "char" else values


def _textual(kind: Any) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)
    )
