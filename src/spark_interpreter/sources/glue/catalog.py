"""The Glue Data Catalog: databases, tables, partitions."""

import os
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from spark_interpreter.aws import AwsClients
from spark_interpreter.errors import RunCancelled, SourceError, SourceNotFound
from spark_interpreter.model import CatalogSchema, CatalogTable, Known
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.glue.entries import Partition, partition_of, schema_of, table_of
from spark_interpreter.sources.glue.errors import glue_errors
from spark_interpreter.sources.glue.storage import Entry
from spark_interpreter.sources.schema_cache import SchemaCache

_STATISTICS_BATCH = 100
"""Columns that one GetColumnStatisticsForTable takes."""


class GlueCatalog:
    """What the catalog of one AWS identity and region holds.

    Lists are kept for a while, with their age; a single table is asked for anew each time, so
    that a question never goes by a table that has changed since.
    """

    def __init__(self, aws: AwsClients, cache: SchemaCache) -> None:
        self._aws = aws
        self._cache = cache

    def databases(self, *, refresh: bool = False) -> Known[tuple[CatalogSchema, ...]]:
        """All databases, by name.

        Raises:
            SourceError: Glue does not answer, or refuses to.
        """
        return self._cache.get(
            self._key("databases"), tuple[CatalogSchema, ...], self._databases, refresh=refresh
        )

    def tables(self, database: str, *, refresh: bool = False) -> Known[tuple[CatalogTable, ...]]:
        """The tables of a database with their columns, by name.

        Raises:
            SourceNotFound: there is no such database.
            SourceError: Glue does not answer, or refuses to.
        """
        return self._cache.get(
            self._key("tables", database),
            tuple[CatalogTable, ...],
            lambda: self._tables(database),
            refresh=refresh,
        )

    def table(self, database: str, table: str) -> CatalogTable:
        """One table as it is declared now.

        Raises:
            SourceNotFound: there is no such database or table; near names are in the remedy.
            SourceError: Glue does not answer, or refuses to.
        """
        return table_of(self.entry(database, table))

    def entry(self, database: str, table: str) -> Entry:
        """One table as the Glue API has it now; errors as `table`."""
        try:
            with glue_errors(f"The Glue table '{database}.{table}'"):
                answer: Entry = self._aws.get("glue").get_table(DatabaseName=database, Name=table)
        except SourceNotFound as missing:
            raise self._nearest(database, table) from missing
        return dict(answer["Table"])

    def partitions(
        self, entry: Entry, *, expression: str = "", stopped: Stopped = lambda: False
    ) -> Iterator[Partition]:
        """The partitions of a table, those that Glue itself can leave out not.

        Raises:
            RunCancelled: `stopped` said so between two pages.
            SourceError: Glue does not answer, or refuses to.
        """
        request: dict[str, Any] = {
            "DatabaseName": entry["DatabaseName"],
            "TableName": entry["Name"],
            "ExcludeColumnSchema": True,
        }
        if expression:
            request["Expression"] = expression
        what = f"The list of partitions of '{entry['DatabaseName']}.{entry['Name']}'"
        for page in self._pages("get_partitions", what, **request):
            if stopped():
                raise RunCancelled("Cancelled while the partitions were listed.")
            yield from map(partition_of, page["Partitions"])

    def statistics(self, entry: Entry, columns: Sequence[str]) -> Mapping[str, Entry]:
        """Column statistics that somebody had Glue compute, by column.

        They need a permission of their own, so a refusal is as good as none.
        """
        found: dict[str, Entry] = {}
        try:
            for start in range(0, len(columns), _STATISTICS_BATCH):
                with glue_errors("The column statistics"):
                    answer = self._aws.get("glue").get_column_statistics_for_table(
                        DatabaseName=entry["DatabaseName"],
                        TableName=entry["Name"],
                        ColumnNames=list(columns[start : start + _STATISTICS_BATCH]),
                    )
                found |= {
                    s["ColumnName"]: s["StatisticsData"] for s in answer["ColumnStatisticsList"]
                }
        except SourceError:
            return {}
        return found

    def identity(self) -> tuple[str, ...]:
        """Where and as whom the catalog is asked: what is known of it depends on that."""
        meta = self._aws.get("glue").meta
        who = (os.environ.get(name, "") for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID"))
        return (meta.endpoint_url, meta.region_name, *who)

    def _databases(self) -> tuple[CatalogSchema, ...]:
        pages = self._pages("get_databases", "The list of Glue databases")
        found = [schema_of(entry) for page in pages for entry in page["DatabaseList"]]
        return tuple(sorted(found, key=lambda schema: schema.name))

    def _tables(self, database: str) -> tuple[CatalogTable, ...]:
        what = f"The list of tables of the Glue database '{database}'"
        try:
            pages = list(self._pages("get_tables", what, DatabaseName=database))
        except SourceNotFound as missing:
            raise self._no_database(database) from missing
        found = [table_of(entry) for page in pages for entry in page["TableList"]]
        return tuple(sorted(found, key=lambda table: table.name))

    def _pages(self, operation: str, what: str, **request: Any) -> Iterator[Entry]:
        with glue_errors(what):
            pages = iter(self._aws.get("glue").get_paginator(operation).paginate(**request))
        while True:
            with glue_errors(what):
                page = next(pages, None)
            if page is None:
                return
            yield page

    def _nearest(self, database: str, table: str) -> SourceNotFound:
        """What to say of a table that is not there; its database may not be either."""
        try:
            names = [t.name for t in self._tables(database)]
        except SourceNotFound as missing:
            return missing
        except SourceError:
            names = []
        near = get_close_matches(table.lower(), names, n=3, cutoff=0.6)
        remedy = f"Did you mean {_listed(near)}?" if near else _some(names, "table")
        return SourceNotFound(
            f"The Glue database '{database}' has no table '{table}'.", remedy=remedy
        )

    def _no_database(self, database: str) -> SourceNotFound:
        try:
            names = [schema.name for schema in self._databases()]
        except SourceError:
            names = []
        near = get_close_matches(database.lower(), names, n=3, cutoff=0.6)
        remedy = f"Did you mean {_listed(near)}?" if near else _some(names, "database")
        return SourceNotFound(f"There is no Glue database '{database}'.", remedy=remedy)

    def _key(self, *question: str) -> tuple[str, ...]:
        return ("glue", *self.identity(), *question)


def _listed(names: Sequence[str]) -> str:
    return " or ".join(f"'{name}'" for name in names)


def _some(names: Sequence[str], what: str) -> str:
    if not names:
        return f"There is no {what} at all that you may see: check the region and the permissions."
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"There are: {', '.join(names[:5])}{more}."
