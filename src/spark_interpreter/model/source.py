"""Declared data: what a question is asked of."""

import re
from typing import Annotated, Literal

from pydantic import Field

from spark_interpreter.model.base import Model
from spark_interpreter.model.place import NAME, Place, names_in

Location = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[^\x00]+$")]
"""A path or URI as a person wrote it."""

FileFormat = Literal["csv", "parquet", "json", "excel"]


class FileSource(Model):
    """A file, folder or glob, local or `s3://`. What is not given is detected.

    Attributes:
        uri: path or URI as the person wrote it.
        name: the table's name in scripts; else made from the file's name.
        format: "csv" covers every delimited text, "json" both documents and lines.
        delimiter, header, encoding: override what profiling finds in delimited text.
        sheet: the sheet of an Excel workbook; else the first with data.
    """

    kind: Literal["file"] = "file"
    uri: Location
    name: str | None = None
    format: FileFormat | None = None
    delimiter: str | None = None
    header: bool | None = None
    encoding: str | None = None
    sheet: str | None = None


class GlueTable(Model):
    """A table of the AWS Glue Data Catalog."""

    kind: Literal["glue"] = "glue"
    database: str
    table: str
    name: str | None = None


class PostgresTable(Model):
    """A table or view behind a named PostgreSQL connection."""

    kind: Literal["postgres"] = "postgres"
    connection: str
    table: str
    schema_name: str = "public"
    name: str | None = None


class SnowflakeTable(Model):
    """A table or view behind a named Snowflake connection."""

    kind: Literal["snowflake"] = "snowflake"
    connection: str
    database: str
    table: str
    schema_name: str = "PUBLIC"
    name: str | None = None


Source = Annotated[
    FileSource | GlueTable | PostgresTable | SnowflakeTable, Field(discriminator="kind")
]

_TABLE = re.compile(
    rf"(?P<kind>glue|postgres|snowflake):(?:(?P<connection>[^/\s]+)/)?"
    rf"(?P<names>(?:{NAME})(?:\.(?:{NAME})){{0,2}})"
)
TABLE_KINDS = ("glue:", "postgres:", "snowflake:")
"""How the word of a table begins, by the kind of its source."""
_FORMS = {
    "glue": "glue:DATABASE.TABLE",
    "postgres": "postgres:CONNECTION/SCHEMA.TABLE",
    "snowflake": "snowflake:CONNECTION/DATABASE.SCHEMA.TABLE",
}


def parse_source(text: str) -> Source:
    """The source that people mean by one word.

    `glue:DATABASE.TABLE`, `postgres:CONNECTION/SCHEMA.TABLE` (the schema may be left out) and
    `snowflake:CONNECTION/DATABASE.SCHEMA.TABLE` are tables; a name with a dot or slash in it
    stands in double quotes. Everything else is a path, pattern or URI.

    Raises:
        ValueError: it begins like a table and is none; the message names the right form.
    """
    if not text.startswith(TABLE_KINDS):
        return FileSource(uri=text)
    kind = text.partition(":")[0]
    found = _TABLE.fullmatch(text)
    source = _table(found) if found else None
    if source is None:
        raise ValueError(f"“{text}” is not a table; write {_FORMS[kind]}")
    return source


def _table(found: re.Match[str]) -> Source | None:
    connection = found["connection"]
    match found["kind"], connection, list(names_in(found["names"])):
        case "glue", None, [database, table]:
            return GlueTable(database=database, table=table)
        case "postgres", str(), [table]:
            return PostgresTable(connection=connection, table=table)
        case "postgres", str(), [schema, table]:
            return PostgresTable(connection=connection, schema_name=schema, table=table)
        case "snowflake", str(), [database, schema, table]:
            return SnowflakeTable(
                connection=connection, database=database, schema_name=schema, table=table
            )
    return None


def source_word(source: Source) -> str:
    """The word that `parse_source` takes for the source."""
    match source:
        case FileSource(uri=uri):
            return uri
        case GlueTable(database=database, table=table):
            return Place(kind="glue", names=(database, table)).word
        case PostgresTable(connection=connection, schema_name=schema, table=table):
            names: tuple[str, ...] = (schema, table)
        case SnowflakeTable(connection=connection, schema_name=schema, table=table):
            names = (source.database, schema, table)
    return Place(kind=source.kind, connection=connection, names=names).word
