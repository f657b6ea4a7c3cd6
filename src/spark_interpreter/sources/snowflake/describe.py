"""What Snowflake says of its warehouses, databases, schemas and tables.

SHOW is used where it will do: it needs no running warehouse.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from spark_interpreter.errors import SourceNotFound
from spark_interpreter.model import (
    CatalogColumn,
    CatalogReference,
    CatalogSchema,
    CatalogTable,
    SnowflakeTable,
)
from spark_interpreter.sources.snowflake.names import candidates, literal, qualified, quoted
from spark_interpreter.sources.snowflake.session import Session
from spark_interpreter.sources.snowflake.types import SnowflakeType

_VIEWS = {"VIEW", "MATERIALIZED_VIEW", "MATERIALIZED VIEW"}


def warehouses(session: Session) -> tuple[str, ...]:
    """Names of the warehouses that the role may see."""
    return tuple(row["name"] for row in session.rows("SHOW WAREHOUSES", "listing warehouses"))


def databases(session: Session) -> tuple[str, ...]:
    """Names of the databases that the role may see."""
    return tuple(row["name"] for row in session.rows("SHOW DATABASES", "listing databases"))


def schemas(session: Session, database: str) -> tuple[CatalogSchema, ...]:
    """The schemas of a database, without its information schema.

    Args:
        database: as the catalog has it.
    """
    rows = session.rows(
        f"SHOW SCHEMAS IN DATABASE {quoted(database)}", f"listing the schemas of {database}"
    )
    return tuple(
        CatalogSchema(name=row["name"], database=database, comment=row.get("comment") or None)
        for row in rows
        if row["name"].upper() != "INFORMATION_SCHEMA"
    )


def tables(session: Session, database: str, schema: str) -> tuple[CatalogTable, ...]:
    """The tables and views of a schema, without their columns."""
    rows = session.rows(
        f"SHOW OBJECTS IN SCHEMA {qualified(database, schema)}",
        f"listing the tables of {database}.{schema}",
    )
    return tuple(_listed(row, database, schema) for row in rows)


def table(session: Session, database: str, schema: str, name: str) -> CatalogTable:
    """A table or view with its columns and keys.

    Args:
        name: as the catalog has it.
    """
    found = next((t for t in tables(session, database, schema) if t.name == name), None)
    if found is None:
        raise SourceNotFound(f"There is no table '{name}' in {database}.{schema}.")
    path = qualified(database, schema, name)
    doing = f"reading the columns of {database}.{schema}.{name}"
    rows = _column_rows(session, path, doing)
    update: dict[str, Any] = {"columns": tuple(_column(row) for row in rows)}
    if found.kind != "view":
        update |= {
            "primary_key": _primary_key(session, path, name, doing),
            "references": _references(session, path, database, name, doing),
        }
        update |= _figures(session, database, schema, name, doing)
    return found.model_copy(update=update)


def column_types(
    session: Session, database: str, schema: str, name: str
) -> dict[str, SnowflakeType]:
    """The columns that a table or view has now, by their stored names."""
    doing = f"reading the columns of {database}.{schema}.{name}"
    rows = _column_rows(session, qualified(database, schema, name), doing)
    if not rows:
        raise SourceNotFound(f"There is no table '{name}' in {database}.{schema}.")
    return {row["column_name"]: SnowflakeType.described(row["data_type"]) for row in rows}


def resolved(session: Session, source: SnowflakeTable) -> SnowflakeTable:
    """The source with its names as the catalog has them.

    Names are taken as written, else as SQL takes unquoted ones (upper case), else ignoring case
    where that leaves one.

    Raises:
        SourceNotFound: there is no such database, schema or table; names the nearest.
    """
    database, schema = schema_named(session, source.database, source.schema_name)
    listed = [t.name for t in tables(session, database, schema)]
    name = _chosen(source.table, listed, "table or view", f"{database}.{schema}")
    return source.model_copy(update={"database": database, "schema_name": schema, "table": name})


def schema_named(session: Session, database: str, schema: str) -> tuple[str, str]:
    """The names of a database and a schema in it as the catalog has them; else as `resolved`."""
    database = database_named(session, database)
    names = [found.name for found in schemas(session, database)]
    return database, _chosen(schema, names, "schema", f"database {database}")


def database_named(session: Session, database: str) -> str:
    """The name of a database as the catalog has it; else as `resolved`."""
    return _chosen(database, databases(session), "database", "this account")


def _chosen(wanted: str, names: Sequence[str], what: str, where: str) -> str:
    for candidate in candidates(wanted):
        if candidate in names:
            return candidate
    alike = [name for name in names if name.lower() == wanted.lower()]
    if len(alike) == 1:
        return alike[0]
    from rapidfuzz.process import extract
    from rapidfuzz.utils import default_process

    near = extract(wanted, list(names), processor=default_process, limit=3, score_cutoff=55)
    nearest = ", ".join(f"'{name}'" for name, _, _ in near)
    raise SourceNotFound(
        f"There is no {what} '{wanted}' in {where}, or the role may not see it.",
        remedy=f"Did you mean {nearest}?" if near else "Check the name and the role's grants.",
    )


def _listed(row: dict[str, Any], database: str, schema: str) -> CatalogTable:
    kind = str(row.get("kind") or "TABLE").upper()
    view = kind in _VIEWS
    return CatalogTable(
        schema_name=schema,
        name=row["name"],
        database=database,
        kind="view" if view else "external" if kind == "EXTERNAL TABLE" else "table",
        comment=row.get("comment") or None,
        row_count=None if view else row.get("rows"),
        byte_count=None if view else row.get("bytes"),
    )


def _column_rows(session: Session, path: str, doing: str) -> list[dict[str, Any]]:
    try:
        return session.rows(f"SHOW COLUMNS IN TABLE {path}", doing)
    except SourceNotFound:
        return session.rows(f"SHOW COLUMNS IN VIEW {path}", doing)


def _column(row: dict[str, Any]) -> CatalogColumn:
    kind = SnowflakeType.described(row["data_type"])
    return CatalogColumn(
        name=row["column_name"],
        type=kind.spark or "",
        declared_type=kind.declared,
        nullable=str(row.get("null?", "true")).lower() == "true",
        comment=row.get("comment") or None,
    )


def _primary_key(session: Session, path: str, name: str, doing: str) -> tuple[str, ...]:
    rows = session.rows(f"SHOW PRIMARY KEYS IN TABLE {path}", doing)
    own = [row for row in rows if row["table_name"] == name]
    return tuple(row["column_name"] for row in sorted(own, key=lambda row: row["key_sequence"]))


def _references(
    session: Session, path: str, database: str, name: str, doing: str
) -> tuple[CatalogReference, ...]:
    """The declared references to tables of the same database."""
    rows = session.rows(f"SHOW IMPORTED KEYS IN TABLE {path}", doing)
    keys: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["key_sequence"]):
        inside = row["pk_database_name"] == database
        if row["fk_table_name"] == name and row["pk_table_name"] and inside:
            keys.setdefault(str(row["fk_name"]), []).append(row)
    return tuple(
        CatalogReference(
            columns=tuple(row["fk_column_name"] for row in key),
            schema_name=key[0]["pk_schema_name"],
            table=key[0]["pk_table_name"],
            references=tuple(row["pk_column_name"] for row in key),
        )
        for key in keys.values()
    )


def _figures(session: Session, database: str, schema: str, name: str, doing: str) -> dict[str, Any]:
    """Rows, bytes, comment and last change."""
    rows = session.rows(
        "SELECT ROW_COUNT, BYTES, COMMENT, LAST_ALTERED "  # noqa: S608 - quoted names and literals
        f"FROM {quoted(database)}.INFORMATION_SCHEMA.TABLES "
        f"WHERE TABLE_SCHEMA = {literal(schema)} AND TABLE_NAME = {literal(name)}",
        doing,
    )
    if not rows:
        return {}
    altered = rows[0]["last_altered"]
    return {
        "row_count": rows[0]["row_count"],
        "byte_count": rows[0]["bytes"],
        "comment": rows[0]["comment"] or None,
        "updated": altered if isinstance(altered, datetime) else None,
    }
