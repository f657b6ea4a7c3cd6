# ruff: noqa: S608  (SQL is put together from quoted names)
"""PostgreSQL tables as sources: the reader behind the facade."""

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from pydantic import Field

from spark_interpreter.errors import (
    DataMismatch,
    SourceDenied,
    SourceEmpty,
    SourceError,
    SourceUnavailable,
)
from spark_interpreter.model import (
    CatalogSchema,
    CatalogTable,
    ConnectionTest,
    ForeignKey,
    JdbcPartition,
    JdbcRead,
    Known,
    Model,
    Need,
    PostgresConnection,
    PostgresTable,
    Source,
    Staged,
    TableProfile,
    ValueCount,
)
from spark_interpreter.settings import Settings
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.connections import ConnectionStore, Credentials
from spark_interpreter.sources.names import identifier as script_name
from spark_interpreter.sources.postgres import catalog
from spark_interpreter.sources.postgres.catalog import Relation
from spark_interpreter.sources.postgres.quoting import identifier, table_name
from spark_interpreter.sources.postgres.session import Opener, Session, Timeouts
from spark_interpreter.sources.postgres.types import PostgresColumn
from spark_interpreter.sources.schema_cache import SchemaCache

_LARGE_BYTES = 512 * 1024 * 1024
_PART_BYTES = 128 * 1024 * 1024
_MOST_PARTS = 32
_FOREVER = 10 * 365 * 24 * 3600.0


class _Odd(Model):
    """Counts of values that Spark has none for, by column, over a whole table."""

    counts: Mapping[str, int] = Field(default_factory=dict)


class PostgresReader:
    """Reads tables and views behind named connections."""

    def __init__(
        self,
        settings: Settings,
        connections: ConnectionStore | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._connections = connections or ConnectionStore(settings)
        limits = timeouts or Timeouts(read=settings.limits.seconds)
        self._opener = Opener(Credentials(self._connections.secrets), limits)
        self._sample_rows = settings.sample_rows
        self._max_mb = settings.stage_max_mb
        folder = settings.cache_dir / "schemas"
        self._cache = SchemaCache(folder, seconds=settings.schema_cache_seconds)
        self._learned = SchemaCache(folder, seconds=_FOREVER)

    def test(self, name: str) -> ConnectionTest:
        """Connect, log in and ask for the version.

        Raises:
            SourceError: it does not work, and why.
        """
        connection = self._connections.postgres(name)
        started = time.monotonic()
        with self._opener.opened(connection, "the server") as session:
            [(version, user)] = session.rows("SELECT current_setting('server_version'), "
                                             "current_user::text")  # fmt: skip
            tls = session.rows("SELECT version || ' ' || cipher FROM pg_stat_ssl "
                               "WHERE pid = pg_backend_pid() AND ssl")  # fmt: skip
        return ConnectionTest(
            version=version,
            tls=tls[0][0] if tls else None,
            user=user,
            seconds=round(time.monotonic() - started, 3),
        )

    def schemas(self, name: str, *, refresh: bool = False) -> Known[tuple[CatalogSchema, ...]]:
        """Schemas of the connection's database."""
        connection = self._connections.postgres(name)

        def ask() -> tuple[CatalogSchema, ...]:
            with self._opener.opened(connection, "the list of schemas") as session:
                return catalog.schemas(session)

        key = ("postgres", connection.model_dump_json(), "schemas")
        return self._cache.get(key, tuple[CatalogSchema, ...], ask, refresh=refresh)

    def tables(
        self, name: str, schema: str, *, refresh: bool = False
    ) -> Known[tuple[CatalogTable, ...]]:
        """Tables and views of a schema, without their columns."""
        connection = self._connections.postgres(name)

        def ask() -> tuple[CatalogTable, ...]:
            with self._opener.opened(connection, f"the list of tables of '{schema}'") as session:
                return catalog.tables(session, schema, connection=name)

        key = ("postgres", connection.model_dump_json(), "tables", schema)
        return self._cache.get(key, tuple[CatalogTable, ...], ask, refresh=refresh)

    def table(self, name: str, schema: str, table: str) -> CatalogTable:
        """A table or view with its columns and keys.

        Raises:
            SourceNotFound: there is none.
        """
        connection = self._connections.postgres(name)
        with self._opener.opened(connection, f"table '{schema}.{table}'") as session:
            return catalog.relation(session, schema, table, connection=name).table

    def profile(self, source: Source, *, name: str) -> TableProfile:
        """Look at the catalogs, and at a sample unless that was done a while ago.

        What is kept is of exactly these columns, so that a question never goes by a table that
        was changed since.

        Raises:
            SourceError: the table or its connection is missing, denied or unreachable.
        """
        assert isinstance(source, PostgresTable)
        connection = self._connections.postgres(source.connection)
        with self._opened(connection, source) as session:
            relation = self._relation(session, source)
            known = self._cache.get(
                self._profile_key(connection, source, relation.version),
                TableProfile,
                lambda: self._look(session, connection, source, relation),
            )
        return known.value.model_copy(update={"name": name, "source": source})

    def widen(self, profile: TableProfile, mismatch: DataMismatch) -> TableProfile | None:
        """The profile after a look at every value that Spark may have none for."""
        if mismatch.path not in {None, *profile.read.locations}:
            return None
        source = profile.source
        assert isinstance(source, PostgresTable)
        connection = self._connections.postgres(source.connection)
        from spark_interpreter.sources.postgres.sampling import odd_values

        with self._opened(connection, source) as session:
            session.limit(self._opener.timeouts.read)
            relation = self._relation(session, source)
            odd = odd_values(session, relation)
        if not set(odd) - {i.column for i in profile.issues if i.kind == "no_value"}:
            return None
        self._learned.get(
            ("odd", *self._key(connection, source)), _Odd, lambda: _Odd(counts=dict(odd)),
            refresh=True,
        )  # fmt: skip
        self._cache.forget(self._profile_key(connection, source, relation.version))
        return self.profile(source, name=profile.name)

    def find_values(
        self, profile: TableProfile, column: str, text: str, *, limit: int = 5
    ) -> Sequence[ValueCount]:
        """Values of a text column that equal or contain a text; none where it takes too long."""
        source = profile.source
        assert isinstance(source, PostgresTable)
        connection = self._connections.postgres(source.connection)
        header = identifier(profile.column(column).header)
        pattern = "%" + text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        query = (
            f"SELECT {header}::text AS value, count(*) AS n "
            f"FROM {identifier(source.schema_name)}.{identifier(source.table)} "
            f"WHERE {header}::text ILIKE %s GROUP BY 1 "
            "ORDER BY lower(min(" + header + "::text)) = lower(%s) DESC, n DESC, 1 LIMIT %s"
        )
        try:
            with self._opened(connection, source) as session:
                rows = session.rows(query, [pattern, text, limit])
        except SourceUnavailable:
            return ()
        return tuple(ValueCount(value=value, count=count) for value, count in rows)

    def stage(
        self, profile: TableProfile, need: Need, folder: Path, *, stopped: Stopped
    ) -> tuple[Staged, ...]:
        """Copy the needed columns and rows to a Parquet file.

        Raises:
            SourceError: the table is gone or changed, or the server cannot be read.
            SourceTooLarge: it is more than `Settings.stage_max_mb`.
            DataMismatch: a value has no place in its column's type.
            RunCancelled: `stopped` said so.
        """
        from spark_interpreter.sources.postgres.staging import (
            copy_query,
            needed_columns,
            write_copy,
        )
        from spark_interpreter.sources.postgres.values import UnfitValue

        source = profile.source
        assert isinstance(source, PostgresTable)
        connection = self._connections.postgres(source.connection)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "rows.parquet"
        repaired = frozenset(i.column for i in profile.issues if i.kind == "no_value" and i.column)
        try:
            with self._opened(connection, source, stopped=stopped) as session:
                session.limit(self._opener.timeouts.read)
                relation = self._relation(session, source)
                columns = needed_columns(relation, profile, need)
            query = copy_query(relation, columns, need, repaired)
            what = f"table '{source.schema_name}.{source.table}'"
            batches = self._opener.batches(connection, query, columns, what=what, stopped=stopped)
            write_copy(batches, columns, path, max_mb=self._max_mb, label=profile.label)
        except UnfitValue as exc:
            column = str(exc) or None
            raise DataMismatch(
                f"'{profile.label}' holds values that Spark has none for"
                + (f", in column '{column}'." if column else "."),
                remedy="Ask again: they are then counted as missing, and the answer says so.",
                path=profile.read.locations[0],
                column=column,
            ) from exc
        except SourceError:
            self._cache.forget(self._profile_key(connection, source, profile.version))
            raise
        return (Staged(location=profile.read.locations[0], paths=(str(path),)),)

    def _look(
        self,
        session: Session,
        connection: PostgresConnection,
        source: PostgresTable,
        relation: Relation,
    ) -> TableProfile:
        from spark_interpreter.sources.postgres.sampling import odd_issue, profiled, taken

        if not relation.readable:
            raise SourceDenied(
                f"Connection '{connection.name}' may not read '{relation.label}'.",
                remedy="Grant its user SELECT on it.",
            )
        if not relation.columns:
            raise SourceEmpty(f"'{relation.label}' has no columns.")
        sample = taken(session, relation, self._sample_rows)
        columns, issues = profiled(session, relation, sample)
        read = JdbcRead(
            dialect="postgres",
            connection=connection.name,
            url=jdbc_url(connection),
            table=_readable_table(relation),
            partition=_partition(session, relation),
        )
        learned = self._learned.get(("odd", *self._key(connection, source)), _Odd, _Odd).value
        exact = tuple(
            odd_issue(c, learned.counts[c.name], whole=True)
            for c in relation.columns
            if c.name in learned.counts
        )
        known = {i.column for i in exact}
        return TableProfile(
            name=script_name(relation.name),
            label=relation.label,
            source=source,
            columns=columns,
            row_count=sample.rows.num_rows if sample.whole else relation.rows,
            row_count_exact=sample.whole,
            byte_count=relation.bytes,
            sampled_rows=sample.rows.num_rows,
            primary_key=relation.primary_key,
            foreign_keys=tuple(
                ForeignKey(
                    columns=r.columns,
                    table=f"{r.schema_name}.{r.table}",
                    references=r.references,
                )
                for r in relation.references
            ),
            issues=(*exact, *(i for i in issues if i.column not in known)),
            version=relation.version,
            read=read,
        )

    def _opened(
        self,
        connection: PostgresConnection,
        source: PostgresTable,
        *,
        stopped: Stopped = lambda: False,
    ) -> AbstractContextManager[Session]:
        what = f"table '{source.schema_name}.{source.table}'"
        return self._opener.opened(connection, what, stopped=stopped)

    def _relation(self, session: Session, source: PostgresTable) -> Relation:
        return catalog.relation(
            session, source.schema_name, source.table, connection=source.connection
        )

    def _key(self, connection: PostgresConnection, source: PostgresTable) -> tuple[str, ...]:
        return ("postgres", connection.model_dump_json(), source.schema_name, source.table)

    def _profile_key(
        self, connection: PostgresConnection, source: PostgresTable, version: str
    ) -> tuple[str, ...]:
        return (*self._key(connection, source), "profile", version, str(self._sample_rows))


def jdbc_url(connection: PostgresConnection) -> str:
    """The driver's address, without credentials."""
    from urllib.parse import quote

    host = f"[{connection.host}]" if ":" in connection.host else connection.host
    address = f"jdbc:postgresql://{host}:{connection.port}/{quote(connection.database, safe='')}"
    return address if connection.tls == "prefer" else f"{address}?sslmode={connection.tls}"


def _readable_table(relation: Relation) -> str:
    """The table, or a query where Spark cannot read all its columns by their names as they are."""
    name = table_name(relation.schema, relation.name)
    if all(c.spark_reads_it and c.name == c.header for c in relation.columns):
        return name
    columns = ", ".join(map(_as_read, relation.columns))
    return f"(SELECT {columns} FROM {name}) AS {identifier(relation.name)}"


def _as_read(column: PostgresColumn) -> str:
    value = identifier(column.header)
    if not column.spark_reads_it:
        return f"{value}::text AS {identifier(column.name)}"
    return value if column.name == column.header else f"{value} AS {identifier(column.name)}"


def _partition(session: Session, relation: Relation) -> JdbcPartition | None:
    """How a cluster reads a large table in parts: by its key, whose ends an index knows."""
    if (relation.bytes or 0) < _LARGE_BYTES or not relation.primary_key:
        return None
    column = next(c for c in relation.columns if c.name == relation.primary_key[0])
    if column.type not in {"smallint", "int", "bigint", "date"}:
        return None
    header = identifier(column.header)
    full = f"{identifier(relation.schema)}.{identifier(relation.name)}"
    [(low, high)] = session.rows(f"SELECT min({header})::text, max({header})::text FROM {full}")
    if low is None or low == high:
        return None
    count = min(_MOST_PARTS, max(2, (relation.bytes or 0) // _PART_BYTES))
    return JdbcPartition(column=column.name, lower=low, upper=high, count=count)
