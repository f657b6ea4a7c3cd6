# ruff: noqa: S608  (SQL is put together from our own text; values are parameters)
"""What the catalogs say of schemas, tables and columns."""

import hashlib
import json
from dataclasses import dataclass

from spark_interpreter.errors import SourceNotFound
from spark_interpreter.model import (
    CatalogColumn,
    CatalogReference,
    CatalogSchema,
    CatalogTable,
    Place,
)
from spark_interpreter.model.catalog import TableKind
from spark_interpreter.sources.names import column_names
from spark_interpreter.sources.postgres.session import Session
from spark_interpreter.sources.postgres.types import PostgresColumn

_KINDS: dict[str, TableKind] = {
    "r": "table", "p": "table", "v": "view", "m": "view", "f": "external",
}  # fmt: skip
_RELATION = """
SELECT c.oid, n.nspname, c.relname, c.relkind::text, obj_description(c.oid, 'pg_class'),
       CASE WHEN c.relkind = 'p' THEN (
           SELECT CASE WHEN bool_or(l.reltuples < 0) THEN -1 ELSE sum(l.reltuples) END
           FROM pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid WHERE t.isleaf)
       ELSE c.reltuples END::float8,
       CASE WHEN c.relkind = 'p' THEN (
           SELECT coalesce(sum(pg_table_size(t.relid)), 0)::bigint
           FROM pg_partition_tree(c.oid) t WHERE t.isleaf)
       WHEN c.relkind IN ('r', 'm') THEN pg_table_size(c.oid) END,
       has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_(toast|temp)'
"""
_COLUMNS = """
SELECT a.attname, coalesce(b.typname, t.typname), coalesce(b.typtype, t.typtype)::text,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
       format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       col_description(a.attrelid, a.attnum),
       coalesce((SELECT l.collisdeterministic FROM pg_collation l WHERE l.oid = a.attcollation),
                true)
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype END
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped
  AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attnum
"""
_KEYS = """
SELECT k.contype::text,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(num, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY place),
       n.nspname, f.relname,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(num, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY place)
FROM pg_constraint k
LEFT JOIN pg_class f ON f.oid = k.confrelid
LEFT JOIN pg_namespace n ON n.oid = f.relnamespace
WHERE k.conrelid = %s AND k.contype IN ('p', 'u', 'f')
ORDER BY k.contype, k.conname
"""


@dataclass(frozen=True)
class Relation:
    """A table or view with all that the catalogs say of it."""

    oid: int
    schema: str
    name: str
    kind: str
    comment: str | None
    rows: int | None
    bytes: int | None
    readable: bool
    columns: tuple[PostgresColumn, ...] = ()
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    references: tuple[CatalogReference, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def version(self) -> str:
        """Changes with the table's identity, columns, keys and comments."""
        columns = [(c.header, c.declared, c.comment) for c in self.columns]
        references = [r.model_dump() for r in self.references]
        text = json.dumps([self.oid, columns, self.comment, self.primary_key, references])
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    @property
    def table(self) -> CatalogTable:
        """The same in the words that all catalogs share."""
        return CatalogTable(
            schema_name=self.schema,
            name=self.name,
            kind=_KINDS[self.kind],
            comment=self.comment,
            columns=tuple(
                CatalogColumn(
                    name=c.header, type=c.type, declared_type=c.declared, nullable=c.nullable,
                    comment=c.comment,
                )
                for c in self.columns
            ),
            primary_key=self.primary_key,
            references=self.references,
            row_count=self.rows,
            byte_count=self.bytes,
            unsupported="" if self.readable else "The connection's user may not read it.",
        )  # fmt: skip


def schemas(session: Session) -> tuple[CatalogSchema, ...]:
    """Schemas the user may look into, without the server's own."""
    rows = session.rows(
        "SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace "
        "WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' "
        "AND has_schema_privilege(oid, 'USAGE') ORDER BY nspname"
    )
    return tuple(CatalogSchema(name=name, comment=comment) for name, comment in rows)


def tables(session: Session, schema: str, *, connection: str) -> tuple[CatalogTable, ...]:
    """Tables and views of a schema, by name, without their columns.

    Raises:
        SourceNotFound: there is no such schema; with the nearest names.
    """
    rows = session.rows(f"{_RELATION} AND n.nspname = %s ORDER BY c.relname", [schema])
    if not rows:
        _require_schema(session, schema, connection)
    return tuple(_relation(row).table for row in rows)


def _require_schema(session: Session, schema: str, connection: str) -> None:
    from rapidfuzz.process import extractOne

    names = [known.name for known in schemas(session)]
    if schema in names:
        return
    near = extractOne(schema, names, score_cutoff=60)
    raise SourceNotFound(
        f"There is no schema '{schema}' behind connection '{connection}', "
        "or its user may not see it.",
        remedy=f"Did you mean '{near[0]}'?" if near else "Look at its schemas.",
    )


def relation(session: Session, schema: str, table: str, *, connection: str) -> Relation:
    """All about one table or view.

    Raises:
        SourceNotFound: there is none; with the nearest names.
    """
    rows = session.rows(f"{_RELATION} AND n.nspname = %s AND c.relname = %s", [schema, table])
    if not rows:
        raise _unknown(session, schema, table, connection)
    found = _relation(rows[0])
    described = session.rows(_COLUMNS, [found.oid])
    names = column_names([row[0] for row in described])
    columns = tuple(PostgresColumn(name, *row) for name, row in zip(names, described, strict=True))
    keys = session.rows(_KEYS, [found.oid])
    seen = {c.header: c.name for c in columns}
    return Relation(
        **{
            **found.__dict__,
            "columns": columns,
            "primary_key": next((_names(k[1], seen) for k in keys if k[0] == "p"), ()),
            "unique_keys": tuple(_names(k[1], seen) for k in keys if k[0] in {"p", "u"}),
            "references": tuple(
                CatalogReference(
                    columns=_names(k[1], seen), schema_name=k[2], table=k[3],
                    references=tuple(k[4]),
                )
                for k in keys
                if k[0] == "f" and _names(k[1], seen)
            ),
        }
    )  # fmt: skip


def _relation(row: tuple[object, ...]) -> Relation:
    oid, schema, name, kind, comment, rows, size, readable = row
    assert isinstance(oid, int)
    known = isinstance(rows, float) and rows >= 0 and kind != "v"
    return Relation(
        oid=oid,
        schema=str(schema),
        name=str(name),
        kind=str(kind),
        comment=str(comment) if comment else None,
        rows=int(rows) if known and isinstance(rows, float) else None,
        bytes=size if isinstance(size, int) else None,
        readable=bool(readable),
    )


def _names(headers: list[str], seen: dict[str, str]) -> tuple[str, ...]:
    """The columns in scripts' words; none if one of them may not be read."""
    return tuple(seen[h] for h in headers) if all(h in seen for h in headers) else ()


def _unknown(session: Session, schema: str, table: str, connection: str) -> SourceNotFound:
    from rapidfuzz.process import extractOne

    rows = session.rows(f"SELECT r.nspname, r.relname FROM ({_RELATION}) r "
                        "WHERE r.nspname NOT IN ('pg_catalog', 'information_schema')")  # fmt: skip
    names = [f"{s}.{n}" for s, n in rows]
    near = extractOne(f"{schema}.{table}", names, score_cutoff=60)
    remedy = f"Did you mean '{near[0]}'?" if near else "Look at its tables."
    if table in {s for s, _ in rows}:
        word = Place(kind="postgres", connection=connection, names=(table,)).word
        remedy = f"'{table}' is a schema: {word}.* means all of its tables."
    return SourceNotFound(
        f"There is no table '{schema}.{table}' behind connection '{connection}'.", remedy=remedy
    )
