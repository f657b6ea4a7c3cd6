"""What there is to ask of, one level after another: places, databases, schemas, tables."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from spark_interpreter.errors import SourceEmpty, SourceTooLarge
from spark_interpreter.model import (
    CatalogEntry,
    CatalogSchema,
    CatalogTable,
    Known,
    Place,
    Source,
    parse_source,
)
from spark_interpreter.sources.paging import page

if TYPE_CHECKING:
    from spark_interpreter.sources.catalog import Sources
    from spark_interpreter.sources.glue.catalog import GlueCatalog
    from spark_interpreter.sources.postgres import PostgresReader
    from spark_interpreter.sources.snowflake import SnowflakeReader

Entries = Known[tuple[CatalogEntry, ...]]
_NAMESPACES = frozenset(("connection", "catalog", "database", "schema"))
_MOST_TABLES = 1000
"""Of so many a question finds those it means within a second."""


def places(sources: "Sources") -> Entries:
    """Where tables are: the connections, and the Glue Data Catalog."""
    entries = [
        CatalogEntry(word=f"{c.kind}:{c.name}", name=c.name, kind="connection")
        for c in sources.connections.list()
    ]
    glue = CatalogEntry(
        word="glue", name="glue", kind="catalog",
        comment="The Glue Data Catalog of the AWS account and region.",
    )  # fmt: skip
    return Known(value=(*entries, glue))


def browse(sources: "Sources", place: Place, *, search: str, refresh: bool) -> Entries:
    """What is in the place; tables with rows and comments where the source knows them.

    Raises:
        SourceError: there is no such place, or it cannot be looked into.
    """
    match place.kind:
        case "glue":
            return _of_glue(sources.glue.catalog, place, search, refresh)
        case "postgres":
            return _of_postgres(sources.postgres, place, search, refresh)
        case "snowflake":
            return _of_snowflake(sources.snowflake, place, search, refresh)


def tables_in(sources: "Sources", place: Place) -> tuple[Source, ...]:
    """Every table of the place that can be asked about.

    Raises:
        SourceError: there is no such place, it cannot be looked into, or has no table or too many.
    """
    entries = browse(sources, place, search="", refresh=False).value
    words = [e.word for e in entries if e.kind not in _NAMESPACES and not e.unsupported]
    listing = f"`spark-interpreter sources list {place.word}`"
    if not words:
        message = f"There are no tables to ask about in {place.word} itself."
        raise SourceEmpty(message, remedy=f"{listing} says what is there.")
    if len(words) > _MOST_TABLES:
        message = f"{place.word} has {len(words):,} tables, more than {_MOST_TABLES:,}."
        raise SourceTooLarge(message, remedy=f"Name those you mean; {listing} finds them.")
    return tuple(map(parse_source, words))


def _of_glue(catalog: "GlueCatalog", place: Place, search: str, refresh: bool) -> Entries:
    if not place.names:
        return _namespaces(place, "database", catalog.databases(refresh=refresh), search)
    return _tables(place, catalog.tables(*place.names, refresh=refresh), search)


def _of_postgres(reader: "PostgresReader", place: Place, search: str, refresh: bool) -> Entries:
    name = _connection(place)
    if not place.names:
        return _namespaces(place, "schema", reader.schemas(name, refresh=refresh), search)
    return _tables(place, reader.tables(name, *place.names, refresh=refresh), search)


def _of_snowflake(reader: "SnowflakeReader", place: Place, search: str, refresh: bool) -> Entries:
    name = _connection(place)
    if not place.names:
        found = reader.databases(name, refresh=refresh)
        entries = [_entry(place, "database", database, None) for database in found.value]
        return _matching(entries, found.looked, search)
    database, *schema = place.names
    if not schema:
        return _namespaces(place, "schema", reader.schemas(name, database, refresh=refresh), search)
    return _tables(place, reader.tables(name, database, *schema, refresh=refresh), search)


def _connection(place: Place) -> str:
    assert place.connection is not None
    return place.connection


def _namespaces(
    place: Place, kind: str, known: Known[tuple[CatalogSchema, ...]], search: str
) -> Entries:
    entries = [_entry(place, kind, schema.name, schema.comment) for schema in known.value]
    return _matching(entries, known.looked, search)


def _entry(place: Place, kind: str, name: str, comment: str | None) -> CatalogEntry:
    return CatalogEntry(word=place.inside(name).word, name=name, kind=kind, comment=comment)


def _matching(entries: Iterable[CatalogEntry], looked: datetime, search: str) -> Entries:
    words = search.casefold().split()
    found = (e for e in entries if all(w in f"{e.name} {e.comment}".casefold() for w in words))
    return Known(value=tuple(found), looked=looked)


def _tables(place: Place, known: Known[tuple[CatalogTable, ...]], search: str) -> Entries:
    found = page(known.value, search=search, limit=len(known.value)).tables
    return Known(value=_listed(place, found), looked=known.looked)


def _listed(place: Place, tables: Sequence[CatalogTable]) -> tuple[CatalogEntry, ...]:
    shared = CatalogEntry.model_fields.keys() & CatalogTable.model_fields.keys()
    return tuple(
        CatalogEntry(
            word=place.inside(table.name).word,
            **{name: getattr(table, name) for name in shared},
        )
        for table in tables
    )
