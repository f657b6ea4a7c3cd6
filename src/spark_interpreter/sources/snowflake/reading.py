"""How a script and a query name a table's columns."""

from collections.abc import Sequence
from urllib.parse import urlencode

from spark_interpreter.model import CatalogColumn, CatalogTable, JdbcRead, SnowflakeConnection
from spark_interpreter.sources.names import column_names
from spark_interpreter.sources.snowflake.names import qualified, quoted

_ZONED = ("TIMESTAMP_TZ", "TIMESTAMP_LTZ")


def readable(table: CatalogTable) -> tuple[tuple[str, CatalogColumn], ...]:
    """The columns that Spark can read, each with its name in scripts."""
    columns = [column for column in table.columns if column.type]
    names = column_names([column.name for column in columns])
    return tuple(zip(names, columns, strict=True))


def jdbc_read(connection: SnowflakeConnection, table: CatalogTable) -> JdbcRead:
    """How Spark reads it through Snowflake's driver."""
    assert table.database
    return JdbcRead(
        dialect="snowflake",
        connection=connection.name,
        url=jdbc_url(connection, table.database, table.schema_name),
        table=_jdbc_table(table),
    )


def jdbc_url(connection: SnowflakeConnection, database: str, schema: str) -> str:
    """The JDBC address, without credentials.

    Its session runs in UTC, as the runs on this machine do.
    """
    host = connection.host or f"{connection.account}.snowflakecomputing.com"
    place = host if connection.port == 443 else f"{host}:{connection.port}"
    options = {"db": quoted_option(database), "schema": quoted_option(schema)}
    if connection.warehouse:
        options["warehouse"] = connection.warehouse
    if connection.role:
        options["role"] = connection.role
    if connection.host:
        options["account"] = connection.account
    if not connection.tls:
        options["ssl"] = "off"
    return f"jdbc:snowflake://{place}/?{urlencode(options)}"


def quoted_option(name: str) -> str:
    """A name in an address: quoted where Snowflake would else take it as upper case."""
    return name if name == name.upper() and name.isidentifier() else quoted(name)


def _jdbc_table(table: CatalogTable) -> str:
    """The table itself, or a query where Spark could not read all of it as it stands.

    Spark's JDBC source refuses a whole table for one column of a type it does not know, which
    a timestamp with a zone is to it; and names that Spark trips over get others.
    """
    assert table.database
    path = qualified(table.database, table.schema_name, table.name)
    columns = readable(table)
    plain = len(columns) == len(table.columns) and all(
        name == column.name and not column.declared_type.startswith(_ZONED)
        for name, column in columns
    )
    return path if plain else f"(SELECT {_selected(columns)} FROM {path}) t"  # noqa: S608


def _selected(columns: Sequence[tuple[str, CatalogColumn]]) -> str:
    return ", ".join(_as_spark_reads(name, column) for name, column in columns)


def _as_spark_reads(name: str, column: CatalogColumn) -> str:
    stored = quoted(column.name)
    if column.declared_type.startswith(_ZONED):
        return f"CONVERT_TIMEZONE('UTC', {stored})::TIMESTAMP_NTZ AS {quoted(name)}"
    return stored if name == column.name else f"{stored} AS {quoted(name)}"
