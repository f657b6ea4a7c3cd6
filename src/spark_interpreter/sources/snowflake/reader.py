# ruff: noqa: S608  (SQL is put together from quoted names and literals)
"""The reader of Snowflake's tables and views."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from spark_interpreter.errors import (
    DataMismatch,
    SourceEmpty,
    SourceNotFound,
    SourceUnreadable,
)
from spark_interpreter.model import (
    CatalogSchema,
    CatalogTable,
    ColumnProfile,
    ConnectionTest,
    DataIssue,
    ForeignKey,
    Known,
    Need,
    SnowflakeConnection,
    SnowflakeTable,
    Source,
    Staged,
    TableProfile,
    ValueCount,
    now,
)
from spark_interpreter.settings import Settings
from spark_interpreter.sources.arrow_types import arrow_schema
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.connections import ConnectionStore, Credentials
from spark_interpreter.sources.schema_cache import SchemaCache
from spark_interpreter.sources.snowflake import describe
from spark_interpreter.sources.snowflake.names import literal, qualified, quoted
from spark_interpreter.sources.snowflake.reading import jdbc_read, readable
from spark_interpreter.sources.snowflake.sample import look, select
from spark_interpreter.sources.snowflake.session import Session, Sessions, Timeouts, with_retries
from spark_interpreter.sources.snowflake.types import SnowflakeType, as_type
from spark_interpreter.sources.snowflake.where import translated

V = TypeVar("V")

_LOOK_SECONDS = 10.0
_FETCH_SECONDS = 60.0
"""What failed within this time is tried again: a look, and a query of many rows."""


class SnowflakeReader:
    """Reads what named Snowflake connections lead to."""

    def __init__(
        self,
        settings: Settings,
        connections: ConnectionStore,
        credentials: Credentials,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._settings = settings
        self._connections = connections
        self._sessions = Sessions(credentials, timeouts)
        self._cache = SchemaCache(
            settings.cache_dir / "schemas", seconds=settings.schema_cache_seconds
        )

    def test(self, connection: str) -> ConnectionTest:
        """Connect, log in and ask for the version.

        Raises:
            SourceError: it does not work, and why.
        """
        about = self._connections.snowflake(connection)
        started = time.monotonic()
        with self._sessions.open(about, "test") as session:
            [row] = session.rows(
                "SELECT CURRENT_VERSION() AS VERSION, CURRENT_USER() AS WHO",
                "testing the connection",
            )
        return ConnectionTest(
            version=row["version"],
            tls="HTTPS" if about.tls else None,
            user=row["who"] or "",
            seconds=round(time.monotonic() - started, 3),
        )

    def warehouses(self, connection: str) -> tuple[str, ...]:
        """The warehouses that the connection's role may see."""
        return self._asked(self._connections.snowflake(connection), describe.warehouses)

    def databases(self, connection: str, *, refresh: bool = False) -> Known[tuple[str, ...]]:
        """The databases that the connection's role may see."""
        about = self._connections.snowflake(connection)
        return self._cache.get(
            _key(about, "databases"), tuple[str, ...],
            lambda: self._asked(about, describe.databases), refresh=refresh,
        )  # fmt: skip

    def schemas(
        self, connection: str, database: str, *, refresh: bool = False
    ) -> Known[tuple[CatalogSchema, ...]]:
        """The schemas of a database; its name as `SnowflakeTable` takes it."""
        about = self._connections.snowflake(connection)
        return self._cache.get(
            _key(about, "schemas", database), tuple[CatalogSchema, ...],
            lambda: self._asked(about, lambda s: _schemas(s, database)), refresh=refresh,
        )  # fmt: skip

    def tables(
        self, connection: str, database: str, schema: str, *, refresh: bool = False
    ) -> Known[tuple[CatalogTable, ...]]:
        """The tables and views of a schema, without their columns; names as `schemas`."""
        about = self._connections.snowflake(connection)
        return self._cache.get(
            _key(about, "tables", database, schema), tuple[CatalogTable, ...],
            lambda: self._asked(
                about, lambda s: describe.tables(s, *describe.schema_named(s, database, schema))
            ),
            refresh=refresh,
        )  # fmt: skip

    def table(
        self, connection: str, database: str, schema: str, name: str, *, refresh: bool = False
    ) -> Known[CatalogTable]:
        """A table or view with its columns and keys; names as `SnowflakeTable` takes them."""
        about = self._connections.snowflake(connection)
        source = SnowflakeTable(
            connection=connection, database=database, schema_name=schema, table=name
        )
        return self._cache.get(
            _key(about, "table", database, schema, name), CatalogTable,
            lambda: self._asked(about, lambda s: _described(s, source)), refresh=refresh,
        )  # fmt: skip

    def profile(self, source: Source, *, name: str) -> TableProfile:
        """Look at what Snowflake says of it, and at a sample unless that was done a while ago.

        What is kept is of exactly these columns and this change of the rows, so that a question
        never goes by a table that was changed since.

        Raises:
            SourceError: the table or its connection is missing, denied or unreachable.
        """
        assert isinstance(source, SnowflakeTable)
        connection = self._connections.snowflake(source.connection)

        def profiled(session: Session) -> TableProfile:
            table = _described(session, source)
            key = _key(
                connection, "profile", table.model_dump_json(), str(self._settings.sample_rows)
            )
            known = self._cache.get(
                key, TableProfile, lambda: self._look(session, connection, table)
            )
            return known.value.model_copy(update={"name": name, "source": _found(source, table)})

        return self._asked(connection, profiled, "profile")

    def _look(
        self, session: Session, connection: SnowflakeConnection, table: CatalogTable
    ) -> TableProfile:
        assert table.database
        label = f"{table.database}.{table.schema_name}.{table.name}"
        columns = tuple(
            ColumnProfile(name=n, header=c.name, type=c.type, comment=c.comment)
            for n, c in readable(table)
        )
        if not columns:
            raise SourceEmpty(f"'{label}' has no column that Spark can read.")
        kinds = _kinds(session, table)
        looked, rows, issues = look(session, table, columns, kinds, self._settings.sample_rows)
        return TableProfile(
            name=table.name,
            label=label,
            source=SnowflakeTable(
                connection=connection.name, database=table.database,
                schema_name=table.schema_name, table=table.name,
            ),
            columns=looked,
            row_count=table.row_count,
            byte_count=table.byte_count,
            sampled_rows=rows,
            primary_key=_names_of(looked, table.primary_key),
            foreign_keys=_foreign_keys(looked, table),
            issues=(*issues, *_left_out(table)),
            version=str(table.updated or now()),
            read=jdbc_read(connection, table),
        )  # fmt: skip

    def widen(
        self,
        profile: TableProfile,  # noqa: ARG002 - the protocol's
        mismatch: DataMismatch,  # noqa: ARG002
    ) -> TableProfile | None:
        """Never: the types are declared."""
        return None

    def find_values(
        self, profile: TableProfile, column: str, text: str, *, limit: int = 5
    ) -> Sequence[ValueCount]:
        """See `SourceReader.find_values`."""
        source = profile.source
        assert isinstance(source, SnowflakeTable)
        about = profile.column(column)
        if about.type != "string":
            return ()
        value = f"{quoted(about.header)}::VARCHAR"
        pattern = "".join(f"^{c}" if c in "^%_" else c for c in text)
        sql = (
            f"SELECT V, N FROM (SELECT {value} AS V, COUNT(*) AS N FROM {_path(source)} "
            f"WHERE {value} ILIKE {literal(f'%{pattern}%')} ESCAPE '^' GROUP BY {value}) "
            f"ORDER BY IFF(LOWER(V) = LOWER({literal(text)}), 0, 1), N DESC, V LIMIT {limit:d}"
        )
        rows = self._asked(
            self._connections.snowflake(source.connection),
            lambda session: session.rows(sql, f"looking for a value in {profile.label}"),
            "values",
        )
        return tuple(ValueCount(value=row["v"], count=row["n"]) for row in rows)

    def stage(
        self, profile: TableProfile, need: Need, folder: Path, *, stopped: Stopped
    ) -> tuple[Staged, ...]:
        """See `SourceReader.stage`."""
        source = profile.source
        assert isinstance(source, SnowflakeTable)
        connection = self._connections.snowflake(source.connection)
        target = folder / "rows.parquet"
        copy = _Copy(profile, need, target)

        def work() -> None:
            with self._sessions.open(connection, "stage") as session:
                copy.fetch(session, stopped)

        with_retries(work, within=_FETCH_SECONDS, began=target.exists)
        return (Staged(location=need.location, paths=(str(target),)),)

    def _asked(
        self,
        connection: SnowflakeConnection,
        ask: Callable[[Session], V],
        purpose: str = "catalog",
    ) -> V:
        """What a session answers; asked for again where Snowflake did not answer."""

        def work() -> V:
            with self._sessions.open(connection, purpose) as session:
                return ask(session)

        return with_retries(work, within=_LOOK_SECONDS)


class _Copy:
    """The rows and columns that are needed, on their way into a Parquet file."""

    def __init__(self, profile: TableProfile, need: Need, target: Path) -> None:
        self._profile = profile
        self._need = need
        self._target = target
        wanted = None if need.columns is None else {name.lower() for name in need.columns}
        chosen = [c for c in profile.columns if wanted is None or c.name.lower() in wanted]
        self._columns = tuple(chosen or profile.columns[:1])

    def fetch(self, session: Session, stopped: Stopped) -> None:
        """Write the file.

        Raises:
            SourceError: the table is gone or has changed, or a value does not fit its type.
            RunCancelled: `stopped` said so.
        """
        import pyarrow.parquet as pq

        sql = self._query(session)
        schema = arrow_schema(self._columns)
        batches = session.batches(sql, f"fetching from {self._profile.label}", stopped=stopped)
        first = next(batches, None)
        with pq.ParquetWriter(self._target, schema, compression="snappy") as writer:
            if first is not None:
                writer.write_table(self._typed(first, schema))
            for batch in batches:
                writer.write_table(self._typed(batch, schema))

    def _query(self, session: Session) -> str:
        source = self._profile.source
        assert isinstance(source, SnowflakeTable)
        table = CatalogTable(
            schema_name=source.schema_name, name=source.table, database=source.database
        )
        kinds = self._kinds_now(session, source)
        sql = select(table, self._columns, kinds)
        known = {c.name: (c.header, kinds[c.header]) for c in self._profile.columns}
        where = translated(self._need.where, known) if self._need.where else ""
        return f"{sql} WHERE {where}" if where else sql

    def _kinds_now(self, session: Session, source: SnowflakeTable) -> dict[str, SnowflakeType]:
        """The types that the columns have now, which must be those of the profile."""
        try:
            kinds = describe.column_types(
                session, source.database, source.schema_name, source.table
            )
        except SourceNotFound as exc:
            raise SourceNotFound(
                f"'{self._profile.label}' is no longer there, or the role may not see it.",
                remedy="Name another table.", detail=exc.detail,
            ) from exc  # fmt: skip
        for column in self._profile.columns:
            kind = kinds.get(column.header)
            if kind is None or kind.spark != column.type:
                raise SourceUnreadable(
                    f"'{self._profile.label}' has changed: column '{column.name}' is "
                    f"{'gone' if kind is None else 'now ' + kind.declared}.",
                    remedy="Ask again.",
                )
        return kinds

    def _typed(self, batch: Any, schema: Any) -> Any:
        import pyarrow as pa

        arrays = []
        for place, column in enumerate(self._columns):
            chunks = batch.column(place).chunks
            kind = schema.field(place).type
            try:
                arrays.append(pa.chunked_array([as_type(c, kind) for c in chunks], type=kind))
            except pa.ArrowInvalid as exc:
                raise SourceUnreadable(
                    f"Column '{column.name}' of '{self._profile.label}' has a value that does not "
                    f"fit {column.type}, the type Spark reads it with.",
                    remedy="Ask about other columns, or of a view that casts it to NUMBER(38,1).",
                    detail=str(exc).splitlines()[0],
                ) from exc
        return pa.Table.from_arrays(arrays, schema=schema)


def _schemas(session: Session, database: str) -> tuple[CatalogSchema, ...]:
    return describe.schemas(session, describe.database_named(session, database))


def _described(session: Session, source: SnowflakeTable) -> CatalogTable:
    found = describe.resolved(session, source)
    return describe.table(session, found.database, found.schema_name, found.table)


def _kinds(session: Session, table: CatalogTable) -> dict[str, SnowflakeType]:
    assert table.database
    return describe.column_types(session, table.database, table.schema_name, table.name)


def _found(source: SnowflakeTable, table: CatalogTable) -> SnowflakeTable:
    return source.model_copy(
        update={
            "database": table.database, "schema_name": table.schema_name, "table": table.name,
        }
    )  # fmt: skip


def _names_of(columns: Sequence[ColumnProfile], headers: Sequence[str]) -> tuple[str, ...]:
    names = {column.header: column.name for column in columns}
    return tuple(names[header] for header in headers if header in names)


def _foreign_keys(columns: Sequence[ColumnProfile], table: CatalogTable) -> tuple[ForeignKey, ...]:
    """The declared references, to tables as their profiles' labels name them."""
    keys = ((_names_of(columns, r.columns), r) for r in table.references)
    return tuple(
        ForeignKey(
            columns=names,
            table=f"{table.database}.{r.schema_name}.{r.table}",
            references=r.references,
        )
        for names, r in keys
        if len(names) == len(r.columns)
    )


def _left_out(table: CatalogTable) -> tuple[DataIssue, ...]:
    return tuple(
        DataIssue(
            kind="column_left_out",
            message=f"Column '{c.name}' is left out: Spark cannot read {c.declared_type}.",
        )
        for c in table.columns
        if not c.type
    )


def _path(source: SnowflakeTable) -> str:
    return qualified(source.database, source.schema_name, source.table)


def _key(connection: SnowflakeConnection, *question: str) -> tuple[str, ...]:
    """Address and identity that is asked with, and the question."""
    return ("snowflake", connection.model_dump_json(exclude={"name"}), *question)
